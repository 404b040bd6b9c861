package org.portolan.control.history;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.portolan.dataplane.neighbor.NeighborChange;

/**
 * A {@link Change} on the ring from control to the historian.
 *
 * <pre>
 *   0               8               16              24              32      36      40  41  42
 *   +---------------+---------------+---------------+---------------+-------+-------+---+---+--------+--------+
 *   | at, us        | reported, us  | old MAC       | MAC           | addr  | port  | n | m | reason | by     |
 *   +---------------+---------------+---------------+---------------+-------+-------+---+---+--------+--------+
 *   at: wall clock. reported: steady clock. n, m: bytes of reason and by.
 *   The message's type is the change's ordinal plus 1.
 * </pre>
 */
final class ChangeMessage {
    private static final int AT = 0;
    private static final int TOLD = 8;
    private static final int MAC_OLD = 16;
    private static final int MAC = 24;
    private static final int ADDRESS = 32;
    private static final int PORT = 36;
    private static final int REASON_BYTES = 40;
    private static final int BY_BYTES = 41;
    private static final int WORDS = 42;

    /** Longer words are cut. */
    static final int LONGEST_WORDS = 64;

    static final int LONGEST_BYTES = WORDS + 2 * LONGEST_WORDS;

    private static final NeighborChange[] KINDS = NeighborChange.values();

    private final MutableDirectBuffer buffer = new UnsafeBuffer(new byte[LONGEST_BYTES]);

    static int type(final Change change) {
        return change.kind().ordinal() + 1;
    }

    DirectBuffer buffer() {
        return buffer;
    }

    /** @return its length */
    int put(final Change change) {
        final byte[] reason = words(change.reason());
        final byte[] by = words(change.by());
        buffer.putLong(AT, change.atMicros());
        buffer.putLong(TOLD, change.reportedMicros());
        buffer.putLong(MAC_OLD, change.macOld());
        buffer.putLong(MAC, change.mac());
        buffer.putInt(ADDRESS, change.address());
        buffer.putInt(PORT, change.port());
        buffer.putByte(REASON_BYTES, (byte) reason.length);
        buffer.putByte(BY_BYTES, (byte) by.length);
        buffer.putBytes(WORDS, reason);
        buffer.putBytes(WORDS + reason.length, by);
        return WORDS + reason.length + by.length;
    }

    static Change get(final int type, final DirectBuffer message, final int offset) {
        final int reasonBytes = message.getByte(offset + REASON_BYTES);
        final int byBytes = message.getByte(offset + BY_BYTES);
        return new Change(
                KINDS[type - 1],
                message.getInt(offset + PORT),
                message.getInt(offset + ADDRESS),
                message.getLong(offset + MAC_OLD),
                message.getLong(offset + MAC),
                message.getLong(offset + AT),
                message.getLong(offset + TOLD),
                message.getStringWithoutLengthAscii(offset + WORDS, reasonBytes),
                message.getStringWithoutLengthAscii(offset + WORDS + reasonBytes, byBytes));
    }

    private static byte[] words(final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return bytes.length <= LONGEST_WORDS ? bytes : java.util.Arrays.copyOf(bytes, LONGEST_WORDS);
    }
}
