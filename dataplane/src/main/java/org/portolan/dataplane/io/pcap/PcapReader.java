package org.portolan.dataplane.io.pcap;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads a classic pcap file of Ethernet frames, frame by frame. A file may hold anything: whatever is wrong is an
 * {@link IOException} that names the file and the packet, counted from 1 as tcpdump and Wireshark do.
 */
public final class PcapReader implements AutoCloseable {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int BUFFER_BYTES = 1 << 16;

    private final Path file;
    private final InputStream in;
    private final ByteBuffer header = ByteBuffer.allocate(PcapFormat.HEADER_BYTES);
    private final byte[] frame = new byte[PcapFormat.LONGEST_FRAME_BYTES];
    private final long fractionNs;
    private long packet;
    private long timeNs;
    private int length;
    private int wireLength;

    /** @throws IOException when the file cannot be read, or is none that this class reads */
    public PcapReader(final Path file) throws IOException {
        this.file = file;
        try {
            in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
        } catch (final NoSuchFileException e) {
            throw new IOException(file + ": there is no such file", e);
        } catch (final IOException e) {
            throw new IOException(file + ": cannot be read: " + e.getMessage(), e);
        }
        try {
            fractionNs = readHeader();
        } catch (final IOException e) {
            in.close();
            throw e;
        }
    }

    /** @return nanoseconds of one unit of a time stamp's fraction */
    private long readHeader() throws IOException {
        final int read = fill(header.array(), PcapFormat.HEADER_BYTES);
        if (read < PcapFormat.HEADER_BYTES) {
            throw new IOException("%s: not a pcap file: it has %d bytes, a header alone has %d"
                    .formatted(file, read, header.capacity()));
        }
        final long unitNs = order(header.order(ByteOrder.LITTLE_ENDIAN).getInt(PcapFormat.MAGIC_OFFSET));
        final int major = header.getShort(PcapFormat.MAJOR_OFFSET) & 0xFFFF;
        final int minor = header.getShort(PcapFormat.MINOR_OFFSET) & 0xFFFF;
        if (major != PcapFormat.MAJOR || minor != PcapFormat.MINOR) {
            throw new IOException("%s: pcap version %d.%d; only %d.%d is read"
                    .formatted(file, major, minor, PcapFormat.MAJOR, PcapFormat.MINOR));
        }
        final int link = header.getInt(PcapFormat.LINK_TYPE_OFFSET);
        if ((link & PcapFormat.LINK_TYPE_MASK) != PcapFormat.ETHERNET) {
            throw new IOException("%s: link type %d, but only Ethernet (%d) is read: capture on an Ethernet device"
                    .formatted(file, link & PcapFormat.LINK_TYPE_MASK, PcapFormat.ETHERNET));
        }
        if ((link & PcapFormat.CHECK_SEQUENCE_BIT) != 0) {
            throw new IOException(file + ": its frames end with their check sequence, which a router does not see");
        }
        return unitNs;
    }

    /** Sets the byte order that the magic tells. */
    private long order(final int magic) throws IOException {
        final int turned = Integer.reverseBytes(magic);
        if (turned == PcapFormat.MICROSECONDS || turned == PcapFormat.NANOSECONDS) {
            header.order(ByteOrder.BIG_ENDIAN);
        }
        if (magic == PcapFormat.MICROSECONDS || turned == PcapFormat.MICROSECONDS) {
            return 1_000;
        }
        if (magic == PcapFormat.NANOSECONDS || turned == PcapFormat.NANOSECONDS) {
            return 1;
        }
        if (magic == PcapFormat.PCAPNG) {
            throw new IOException("%s: is pcapng; make it pcap: editcap -F nsecpcap %s FILE".formatted(file, file));
        }
        throw new IOException("%s: not a pcap file: it begins with %08x".formatted(file, turned));
    }

    /**
     * Goes to the next frame.
     *
     * @return false at the end of the file
     * @throws IOException when the file ends inside a packet, or the packet is not possible
     */
    public boolean next() throws IOException {
        final int read = fill(header.array(), PcapFormat.RECORD_BYTES);
        if (read == 0) {
            return false;
        }
        packet++;
        if (read < PcapFormat.RECORD_BYTES) {
            throw damaged("the file ends inside its header");
        }
        final long seconds = header.getInt(PcapFormat.SECONDS_OFFSET) & 0xFFFF_FFFFL;
        final long fraction = (header.getInt(PcapFormat.FRACTION_OFFSET) & 0xFFFF_FFFFL) * fractionNs;
        if (fraction >= SECOND_NS) {
            throw damaged("its time has a fraction of a second or more");
        }
        takeTime(seconds * SECOND_NS + fraction);
        final long here = header.getInt(PcapFormat.LENGTH_OFFSET) & 0xFFFF_FFFFL;
        final long wire = header.getInt(PcapFormat.WIRE_LENGTH_OFFSET) & 0xFFFF_FFFFL;
        if (here > PcapFormat.LONGEST_FRAME_BYTES || wire > Integer.MAX_VALUE) {
            throw damaged("it claims %,d bytes, %,d on the wire; a frame has %,d at most"
                    .formatted(here, wire, PcapFormat.LONGEST_FRAME_BYTES));
        }
        length = (int) here;
        wireLength = (int) wire;
        if (fill(frame, length) < length) {
            throw damaged("the file ends inside its %,d bytes".formatted(length));
        }
        return true;
    }

    private void takeTime(final long nextNs) throws IOException {
        if (packet > 1 && nextNs < timeNs) {
            throw damaged("it is %.6f s earlier than the packet before it; sort the file: reordercap %s FILE"
                    .formatted((timeNs - nextNs) / 1e9, file));
        }
        timeNs = nextNs;
    }

    private IOException damaged(final String what) {
        return new IOException("%s: packet %d: %s".formatted(file, packet, what));
    }

    /** Reads as many bytes as there are, up to {@code bytes}. */
    private int fill(final byte[] to, final int bytes) throws IOException {
        try {
            return in.readNBytes(to, 0, bytes);
        } catch (final IOException e) {
            throw new IOException("%s: cannot be read after packet %d: %s".formatted(file, packet, e.getMessage()), e);
        }
    }

    /** When the frame was captured, ns since 1970. */
    public long timeNs() {
        return timeNs;
    }

    /** Bytes of the frame that are in the file. */
    public int length() {
        return length;
    }

    /** Whether the capture kept only the frame's first bytes. */
    public boolean isTruncated() {
        return length < wireLength;
    }

    /** The frame's bytes, {@link #length} of them, until the next call of {@link #next}. */
    public byte[] frame() {
        return frame;
    }

    /** The frame's number in the file, from 1. */
    public long packet() {
        return packet;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
