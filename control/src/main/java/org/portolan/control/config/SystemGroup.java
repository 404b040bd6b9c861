package org.portolan.control.config;

import java.util.Optional;
import jnr.posix.Group;
import jnr.posix.POSIXFactory;

/** A group of this system, by getgrnam(3). */
public record SystemGroup(String name, int gid) {

    /** Empty when the system knows no group of that name. Loads JNR-POSIX, about 300 ms the first time. */
    public static Optional<SystemGroup> named(final String name) {
        final Group entry = POSIXFactory.getNativePOSIX().getgrnam(name);
        return entry == null ? Optional.empty() : Optional.of(new SystemGroup(name, (int) entry.getGID()));
    }
}
