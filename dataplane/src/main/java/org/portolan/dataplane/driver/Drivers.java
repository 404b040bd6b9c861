package org.portolan.dataplane.driver;

import java.util.function.Supplier;
import org.portolan.dataplane.io.Driver;
import org.portolan.dataplane.io.packet.PacketDriver;

/**
 * The drivers that a config can name. A driver's classes are loaded when a device of its kind is opened and not before,
 * so the compiler sees one implementation of the seam where a router uses one.
 */
public enum Drivers {
    PACKET(PacketDriver::new);

    private final Supplier<Driver> driver;

    Drivers(final Supplier<Driver> driver) {
        this.driver = driver;
    }

    public Driver driver() {
        return driver.get();
    }
}
