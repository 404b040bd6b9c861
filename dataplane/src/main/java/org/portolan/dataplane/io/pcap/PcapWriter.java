package org.portolan.dataplane.io.pcap;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a pcap file of Ethernet frames with nanoseconds, in little-endian order on every machine. */
public final class PcapWriter implements AutoCloseable {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int BUFFER_BYTES = 1 << 16;

    private final Path file;
    private final OutputStream out;
    private final ByteBuffer header =
            ByteBuffer.allocate(PcapFormat.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    /** Makes the file, or empties it. */
    public PcapWriter(final Path file) throws IOException {
        this.file = file;
        out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES);
        header.putInt(PcapFormat.MAGIC_OFFSET, PcapFormat.NANOSECONDS)
                .putShort(PcapFormat.MAJOR_OFFSET, (short) PcapFormat.MAJOR)
                .putShort(PcapFormat.MINOR_OFFSET, (short) PcapFormat.MINOR)
                .putInt(PcapFormat.SNAPLEN_OFFSET, PcapFormat.LONGEST_FRAME_BYTES)
                .putInt(PcapFormat.LINK_TYPE_OFFSET, PcapFormat.ETHERNET);
        put(header.array(), PcapFormat.HEADER_BYTES);
    }

    /** @param timeNs since 1970 */
    public void write(final long timeNs, final byte[] frame, final int length) throws IOException {
        header.putInt(PcapFormat.SECONDS_OFFSET, (int) (timeNs / SECOND_NS))
                .putInt(PcapFormat.FRACTION_OFFSET, (int) (timeNs % SECOND_NS))
                .putInt(PcapFormat.LENGTH_OFFSET, length)
                .putInt(PcapFormat.WIRE_LENGTH_OFFSET, length);
        put(header.array(), PcapFormat.RECORD_BYTES);
        put(frame, length);
    }

    private void put(final byte[] bytes, final int count) throws IOException {
        try {
            out.write(bytes, 0, count);
        } catch (final IOException e) {
            throw named(e);
        }
    }

    private IOException named(final IOException e) {
        return new IOException("%s: cannot be written: %s".formatted(file, e.getMessage()), e);
    }

    @Override
    public void close() throws IOException {
        try {
            out.close();
        } catch (final IOException e) {
            throw named(e);
        }
    }
}
