package org.portolan.control.config;

import java.util.Optional;
import jnr.posix.POSIXFactory;
import jnr.posix.Passwd;

/** A user of this system, by getpwnam(3): so LDAP and the like count too. */
public record SystemUser(String name, int uid, int gid) {

    /** Empty when the system knows nobody of that name. Loads JNR-POSIX, about 300 ms the first time. */
    public static Optional<SystemUser> named(final String name) {
        final Passwd entry = POSIXFactory.getNativePOSIX().getpwnam(name);
        return entry == null
                ? Optional.empty()
                : Optional.of(new SystemUser(name, (int) entry.getUID(), (int) entry.getGID()));
    }

    /** The name of a user, by getpwuid(3); the number when it has none. Not reentrant in C, so one call at a time. */
    public static synchronized String nameOf(final int uid) {
        final Passwd entry = POSIXFactory.getNativePOSIX().getpwuid(uid);
        return entry == null ? Integer.toUnsignedString(uid) : entry.getLoginName();
    }
}
