package org.portolan.control.history.peer;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The pack out of the packets that carry it, beside messages for people (side-band-64k, gitprotocol-pack). */
final class PackBand extends InputStream {
    private static final int HEADER = 4;
    private static final int DATA = 1;
    private static final int MESSAGE = 2;
    private static final int ERROR = 3;
    private static final int LONGEST_ERROR = 1_024;

    private final InputStream in;
    private int left;
    private boolean ended;

    PackBand(final InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        final byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(final byte[] bytes, final int offset, final int length) throws IOException {
        while (left == 0 && !ended) {
            next();
        }
        if (ended) {
            return -1;
        }
        final int count = in.read(bytes, offset, Math.min(length, left));
        if (count < 0) {
            throw new EOFException("ends in the middle of the pack");
        }
        left -= count;
        return count;
    }

    /** Messages are passed over: nobody is there to read them. */
    private void next() throws IOException {
        final int length = packetLength();
        if (length == 0) {
            ended = true;
            return;
        }
        if (length <= HEADER) {
            throw new BadPeerException("sends a packet without a band");
        }
        final int content = length - HEADER - 1;
        switch (in.read()) {
            case DATA -> left = content;
            case MESSAGE -> in.skipNBytes(content);
            case ERROR -> {
                final byte[] words = in.readNBytes(Math.min(content, LONGEST_ERROR));
                throw Conversation.said(new String(words, StandardCharsets.UTF_8).strip());
            }
            default -> throw new BadPeerException("sends a packet on an unknown band");
        }
    }

    private int packetLength() throws IOException {
        final byte[] header = in.readNBytes(HEADER);
        if (header.length < HEADER) {
            throw new EOFException("ends in the middle of the pack");
        }
        int length = 0;
        for (final byte each : header) {
            final int digit = Character.digit(each, 16);
            if (digit < 0) {
                throw new BadPeerException("sends something that is not a packet");
            }
            length = length << 4 | digit;
        }
        return length;
    }
}
