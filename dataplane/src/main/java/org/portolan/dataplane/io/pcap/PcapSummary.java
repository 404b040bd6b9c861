package org.portolan.dataplane.io.pcap;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What a look through a whole pcap file found.
 *
 * @param packets how many frames it holds
 * @param firstNs when the first was captured, ns since 1970; 0 in an empty file
 * @param lastNs when the last was
 */
public record PcapSummary(long packets, long firstNs, long lastNs) {
    /** @throws IOException that names the file and the packet when anything in it is wrong */
    public static PcapSummary of(final Path file) throws IOException {
        try (PcapReader reader = new PcapReader(file)) {
            long firstNs = 0;
            while (reader.next()) {
                firstNs = reader.packet() == 1 ? reader.timeNs() : firstNs;
            }
            return new PcapSummary(reader.packet(), firstNs, reader.timeNs());
        }
    }
}
