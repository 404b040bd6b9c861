package org.portolan.control.history.pack;

import java.io.IOException;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;

/**
 * The head of a pack's entry (gitformat-pack, unpack_object_header_buffer() and get_delta_base() in git's packfile.c).
 * One object, used again for each entry.
 *
 * <pre>
 *   more(1) type(3) size(4)   [more(1) size(7)]...       the least bits of the size come first
 *   OFS_DELTA: [more(1) distance(7)]...                  the greatest come first, each further byte adds one
 *   REF_DELTA: id(20)
 * </pre>
 */
final class EntryHeader {
    /** Where an entry's bytes come from. */
    @FunctionalInterface
    public interface Bytes {
        /**
         * The unsigned byte there.
         *
         * @throws IndexOutOfBoundsException behind the end
         */
        int at(long offset) throws IOException;
    }

    private static final int MOST_SIZE_BITS = 32;
    private static final int MOST_DISTANCE_BYTES = 8;

    private int type;
    private long size;
    private long base;
    private ObjectId baseId;
    private long data;

    /** @throws CorruptObjectException when there can be no entry there */
    public void read(final Bytes bytes, final long offset) throws IOException {
        long at = offset;
        int next = bytes.at(at++);
        type = next >>> 4 & 7;
        size = next & 0xF;
        for (int shift = 4; (next & 0x80) != 0; shift += 7) {
            if (shift > MOST_SIZE_BITS) {
                throw new CorruptObjectException("an entry whose size is not a number");
            }
            next = bytes.at(at++);
            size |= (long) (next & 0x7F) << shift;
        }
        switch (type) {
            case Constants.OBJ_COMMIT, Constants.OBJ_TREE, Constants.OBJ_BLOB, Constants.OBJ_TAG -> data = at;
            case Constants.OBJ_OFS_DELTA -> readDistance(bytes, offset, at);
            case Constants.OBJ_REF_DELTA -> readBaseId(bytes, at);
            default -> throw new CorruptObjectException("an entry of an unknown type");
        }
    }

    private void readDistance(final Bytes bytes, final long offset, final long from) throws IOException {
        long at = from;
        int next = bytes.at(at++);
        long distance = next & 0x7F;
        while ((next & 0x80) != 0) {
            if (at - from >= MOST_DISTANCE_BYTES) {
                throw new CorruptObjectException("a delta without a base");
            }
            next = bytes.at(at++);
            distance = distance + 1 << 7 | next & 0x7F;
        }
        base = offset - distance;
        data = at;
        if (base < 0 || distance == 0) {
            throw new CorruptObjectException("a delta without a base");
        }
    }

    private void readBaseId(final Bytes bytes, final long at) throws IOException {
        final byte[] raw = new byte[Constants.OBJECT_ID_LENGTH];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = (byte) bytes.at(at + i);
        }
        baseId = ObjectId.fromRaw(raw);
        data = at + raw.length;
    }

    /** {@link Constants#OBJ_BLOB} and the like, or one of the two deltas. */
    public int type() {
        return type;
    }

    /** Of what is unpacked out of this entry, bytes: of a delta, its own. */
    public long size() {
        return size;
    }

    /** Where an OFS_DELTA's base is. */
    public long base() {
        return base;
    }

    /** What a REF_DELTA's base is. */
    public ObjectId baseId() {
        return baseId;
    }

    /** Where the zlib stream begins. */
    public long data() {
        return data;
    }
}
