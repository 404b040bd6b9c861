package org.portolan.control.history.pack;

/**
 * What was unpacked last. Each object has one slot, where the next one with the same slot takes its place; when the
 * bytes are too many the slots are emptied one after the other.
 */
final class BaseCache {
    private static final int SLOT_BITS = 12;
    private static final int SLOTS = 1 << SLOT_BITS;
    private static final int LONGEST_BYTES = 1 << 14;
    private static final int MOST_BYTES = 8 << 20;

    private final Unpacked[] slots = new Unpacked[SLOTS];
    private int bytes;
    private int hand;

    /** An object, and where it was packed. */
    record Unpacked(PackFile pack, long offset, int type, byte[] bytes) {}

    /** Null when it is not here. */
    Unpacked get(final PackFile pack, final long offset) {
        final Unpacked found = slots[slot(pack, offset)];
        return found != null && found.offset == offset && found.pack == pack ? found : null;
    }

    void put(final Unpacked object) {
        final int length = object.bytes.length;
        if (length > LONGEST_BYTES) {
            return;
        }
        final int slot = slot(object.pack, object.offset);
        empty(slot);
        while (bytes + length > MOST_BYTES) {
            empty(hand);
            hand = hand + 1 & SLOTS - 1;
        }
        slots[slot] = object;
        bytes += length;
    }

    private void empty(final int slot) {
        if (slots[slot] != null) {
            bytes -= slots[slot].bytes.length;
            slots[slot] = null;
        }
    }

    private static int slot(final PackFile pack, final long offset) {
        final long mixed = (offset * 31 + pack.number) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> Long.SIZE - SLOT_BITS);
    }
}
