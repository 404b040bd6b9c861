package org.portolan.control.history.boundary;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.transport.PacketLineOut;

/**
 * What an upload-pack says to its client, with the boundary put in where the protocol has a place for it
 * (gitprotocol-v2, section shallow-info; gitprotocol-pack, end of the reference discovery).
 *
 * <p>Reads the packets of protocol 2 to their end, those of protocol 0 to the end of the advertisement; then all passes
 * unread. What has not the form of packets passes too.
 */
final class BoundaryStream extends FilterOutputStream {
    /** Decides what the client is sent. */
    interface Teller {
        /** For protocol 0: before anything is known of the client. */
        Collection<ObjectId> all() throws IOException;

        /** For protocol 2: asked when the first byte of the pack is about to go out. */
        Collection<ObjectId> needed() throws IOException;
    }

    private enum Mode {
        FIRST,
        ADVERTISEMENT,
        COMMANDS,
        UNREAD
    }

    private static final int HEADER = 4;
    private static final int LONGEST = 65_520;
    private static final byte[] DELIMITER = ascii("0001");
    private static final byte[] FLUSH = ascii("0000");
    private static final byte[] PACKFILE = ascii("packfile\n");
    private static final byte[] WANTED_REFS = ascii("wanted-refs\n");
    private static final byte[] SHALLOW_INFO = ascii("shallow-info\n");

    private final Teller teller;
    private final byte[] packet = new byte[LONGEST];
    private final List<byte[]> held = new ArrayList<>();
    private Mode mode;
    private int filled;

    /** @param bidirectional false where the advertisement was sent before, as over HTTP */
    BoundaryStream(final OutputStream out, final boolean bidirectional, final Teller teller) {
        super(out);
        this.teller = teller;
        mode = bidirectional ? Mode.FIRST : Mode.COMMANDS;
    }

    @Override
    public void write(final int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(final byte[] bytes, final int offset, final int length) throws IOException {
        int at = offset;
        final int end = offset + length;
        while (at < end && mode != Mode.UNREAD) {
            final int part = Math.min(end - at, wanted() - filled);
            System.arraycopy(bytes, at, packet, filled, part);
            filled += part;
            at += part;
            if (filled >= HEADER && lengthOfPacket() < 0) {
                passAll();
            } else if (filled >= HEADER && filled == wanted()) {
                whole(Arrays.copyOf(packet, filled));
            }
        }
        if (at < end) {
            out.write(bytes, at, end - at);
        }
    }

    private int wanted() {
        return filled < HEADER ? HEADER : Math.max(HEADER, lengthOfPacket());
    }

    /** 0 to 2 for the packets without content, -1 for what is not a packet. */
    private int lengthOfPacket() {
        int length = 0;
        for (int i = 0; i < HEADER; i++) {
            final int digit = Character.digit(packet[i], 16);
            if (digit < 0) {
                return -1;
            }
            length = length << 4 | digit;
        }
        return length == 3 || length > LONGEST ? -1 : length;
    }

    private void passAll() throws IOException {
        mode = Mode.UNREAD;
        for (final byte[] each : held) {
            out.write(each);
        }
        held.clear();
        out.write(packet, 0, filled);
        filled = 0;
    }

    private void whole(final byte[] bytes) throws IOException {
        filled = 0;
        if (mode == Mode.FIRST) {
            mode = is(bytes, ascii("version 2\n")) ? Mode.COMMANDS : Mode.ADVERTISEMENT;
        }
        if (mode == Mode.ADVERTISEMENT) {
            advertised(bytes);
        } else {
            answered(bytes);
        }
    }

    private void advertised(final byte[] bytes) throws IOException {
        if (Arrays.equals(bytes, FLUSH)) {
            tell(teller.all());
            mode = Mode.UNREAD;
        }
        out.write(bytes);
    }

    /** Holds the end of an answer's sections back until the pack's first byte: only then the teller knows. */
    private void answered(final byte[] bytes) throws IOException {
        if (!held.isEmpty() && is(held.getLast(), PACKFILE)) {
            release();
        }
        if (!held.isEmpty() || is(bytes, SHALLOW_INFO) || is(bytes, WANTED_REFS) || is(bytes, PACKFILE)) {
            held.add(bytes);
        } else {
            out.write(bytes);
        }
    }

    private void release() throws IOException {
        final List<ObjectId> needed = new ArrayList<>(teller.needed());
        if (is(held.getFirst(), SHALLOW_INFO)) {
            out.write(held.removeFirst());
            keepClosed(needed);
            tell(needed);
        } else if (!needed.isEmpty()) {
            new PacketLineOut(out, false).writePacket(SHALLOW_INFO);
            tell(needed);
            out.write(DELIMITER);
        }
        for (final byte[] each : held) {
            out.write(each);
        }
        held.clear();
    }

    /** A client that asks for more depth is not asked to open what is the end here too. */
    private void keepClosed(final List<ObjectId> needed) {
        held.removeIf(each -> needed.stream().anyMatch(id -> is(each, ascii("unshallow " + id.name() + "\n"))));
        needed.removeIf(id -> held.stream().anyMatch(each -> is(each, line(id))));
    }

    private void tell(final Collection<ObjectId> boundary) throws IOException {
        final PacketLineOut packets = new PacketLineOut(out, false);
        for (final ObjectId commit : boundary) {
            packets.writePacket(line(commit));
        }
    }

    private static byte[] line(final ObjectId commit) {
        return ascii("shallow " + commit.name() + "\n");
    }

    private static boolean is(final byte[] bytes, final byte[] content) {
        return bytes.length == HEADER + content.length
                && Arrays.equals(bytes, HEADER, bytes.length, content, 0, content.length);
    }

    private static byte[] ascii(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
