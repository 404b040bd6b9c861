package org.portolan.dataplane.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Names one boot of the machine. CLOCK_BOOTTIME and the devices' indexes mean something within it only (random(4),
 * {@code /proc/sys/kernel/random/boot_id}).
 */
public record BootId(long high, long low) {
    private static final Path FILE = Path.of("/proc/sys/kernel/random/boot_id");

    /** @throws IOException when /proc is not mounted, or contains something else */
    public static BootId current() throws IOException {
        try {
            final UUID id = UUID.fromString(Files.readString(FILE).strip());
            return new BootId(id.getMostSignificantBits(), id.getLeastSignificantBits());
        } catch (final IllegalArgumentException e) {
            throw new IOException("%s contains no UUID".formatted(FILE), e);
        }
    }
}
