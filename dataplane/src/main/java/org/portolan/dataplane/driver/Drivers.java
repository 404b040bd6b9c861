package org.portolan.dataplane.driver;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.portolan.dataplane.io.Driver;
import org.portolan.dataplane.io.packet.PacketDriver;
import org.portolan.dataplane.io.tap.TapDriver;

/**
 * The drivers that a config can name. A driver's classes are loaded when a device of its kind is opened and not before,
 * so the compiler sees one implementation of the seam where a router uses one.
 */
public enum Drivers {
    PACKET("af_packet", PacketDriver::new),
    TAP("tap", TapDriver::new);

    private final String text;
    private final Supplier<Driver> driver;

    Drivers(final String text, final Supplier<Driver> driver) {
        this.text = text;
        this.driver = driver;
    }

    /** What the config calls it. */
    public String text() {
        return text;
    }

    public Driver driver() {
        return driver.get();
    }

    /** The words of all, in the order of this list. */
    public static List<String> words() {
        return Stream.of(values()).map(Drivers::text).toList();
    }

    /** @param word one of {@link #words} */
    public static Drivers named(final String word) {
        return values()[words().indexOf(word)];
    }
}
