package org.portolan.control.history.pack;

import java.io.Closeable;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;

/**
 * A pack's index of version 2, read where it lies (gitformat-pack).
 *
 * <pre>
 *   \377tOc version(4)
 *   fan-out   256 * 4    how many ids have a first byte up to this one
 *   ids       n * 20     sorted
 *   CRCs      n * 4
 *   offsets   n * 4      a set first bit: the number of a large one
 *   large     m * 8
 *   checksums 2 * 20
 * </pre>
 *
 * <p>Ids are as good as random, so the place of one is guessed by its value and looked up in a block of 400; the block
 * that was read last is kept: who asks in the order of ids reads each block once.
 */
final class PackIndexFile implements Closeable {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final int SIGNATURE = 0xFF744F63;
    private static final int FAN_OUT = 8;
    private static final int BUCKETS = 256;
    private static final int IDS = FAN_OUT + 4 * BUCKETS;
    private static final int ID = Constants.OBJECT_ID_LENGTH;
    private static final int CRC = 4;
    private static final int OFFSET = 4;
    private static final int LARGE_OFFSET = 8;
    private static final int CHECKSUMS = 2 * ID;

    private final PositionedFile file;
    private final int[] upTo = new int[BUCKETS];
    private final int count;
    private final Block ids;
    private final Block offsets;

    /** @throws IOException also for what is not an index of version 2 */
    PackIndexFile(final Path path) throws IOException {
        file = new PositionedFile(path);
        try {
            count = readFanOut();
        } catch (final IOException e) {
            file.close();
            throw e;
        }
        ids = new Block(IDS, ID, 400);
        offsets = new Block(IDS + (long) count * (ID + CRC), OFFSET, 1_024);
    }

    /** The index that lies beside a pack. */
    static PackIndexFile of(final Path pack) throws IOException {
        return new PackIndexFile(
                pack.resolveSibling(pack.getFileName().toString().replaceFirst("\\.pack$", ".idx")));
    }

    private int readFanOut() throws IOException {
        final byte[] head = new byte[IDS];
        file.read(head, IDS, 0);
        if ((int) INT.get(head, 0) != SIGNATURE || (int) INT.get(head, 4) != 2) {
            throw new IOException("no index of version 2");
        }
        int before = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            upTo[bucket] = (int) INT.get(head, FAN_OUT + 4 * bucket);
            if (upTo[bucket] < before) {
                throw new IOException("an index with a fan-out that falls");
            }
            before = upTo[bucket];
        }
        if (file.size() < IDS + (long) before * (ID + CRC + OFFSET) + CHECKSUMS) {
            throw new IOException("an index that is cut off");
        }
        return before;
    }

    /** How many objects the pack has. */
    int count() {
        return count;
    }

    /** The id with that number in their order. */
    ObjectId id(final int entry) throws IOException {
        ids.load(entry);
        return ObjectId.fromRaw(ids.bytes, (entry - ids.first) * ID);
    }

    /** Where in the pack the object is; -1 when it is not in there. */
    long find(final AnyObjectId id) throws IOException {
        final int entry = entry(id);
        return entry < 0 ? -1 : offset(entry);
    }

    /** Its number in the order of the ids; -1 when it is not in there. */
    int entry(final AnyObjectId id) throws IOException {
        final int first = id.getFirstByte();
        int from = first == 0 ? 0 : upTo[first - 1];
        int to = upTo[first];
        int guess = guess(id, from, to);
        while (from < to) {
            ids.load(guess);
            final int low = Math.max(from, ids.first);
            final int high = Math.min(to, ids.end);
            if (compare(id, low) < 0) {
                to = low;
            } else if (compare(id, high - 1) > 0) {
                from = high;
            } else {
                return search(id, low, high);
            }
            guess = from + to >>> 1;
        }
        return -1;
    }

    /** In the block that is loaded, if it can be there; else where it should be by its next 24 bits. */
    private int guess(final AnyObjectId id, final int from, final int to) {
        final int low = Math.max(from, ids.first);
        final int high = Math.min(to, ids.end);
        if (low < high && compare(id, low) >= 0 && compare(id, high - 1) <= 0) {
            return low;
        }
        final int next = id.getByte(1) << 16 | id.getByte(2) << 8 | id.getByte(3);
        return from + (int) ((long) (to - from) * next >>> 24);
    }

    private int search(final AnyObjectId id, final int first, final int end) {
        int from = first;
        int to = end;
        while (from < to) {
            final int middle = from + to >>> 1;
            final int order = compare(id, middle);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        return -1;
    }

    private int compare(final AnyObjectId id, final int entry) {
        return id.compareTo(ids.bytes, (entry - ids.first) * ID);
    }

    /** Where in the pack the object with that number is. */
    long offset(final int entry) throws IOException {
        offsets.load(entry);
        final int offset = (int) INT.get(offsets.bytes, (entry - offsets.first) * OFFSET);
        return offset >= 0 ? offset : large(offset & Integer.MAX_VALUE);
    }

    private long large(final int number) throws IOException {
        final byte[] bytes = new byte[LARGE_OFFSET];
        file.read(bytes, bytes.length, IDS + (long) count * (ID + CRC + OFFSET) + (long) number * LARGE_OFFSET);
        return (long) LONG.get(bytes, 0);
    }

    /** Some entries of one of the tables: those that were asked for last. */
    private final class Block {
        private final long table;
        private final int width;
        private final int length;
        private byte[] bytes;
        private int first;
        private int end;

        Block(final long table, final int width, final int length) {
            this.table = table;
            this.width = width;
            this.length = length;
        }

        void load(final int entry) throws IOException {
            if (entry >= first && entry < end) {
                return;
            }
            if (bytes == null) {
                bytes = new byte[Math.min(length, count) * width];
            }
            end = 0;
            first = entry - entry % length;
            final int entries = Math.min(length, count - first);
            file.read(bytes, entries * width, table + (long) first * width);
            end = first + entries;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
