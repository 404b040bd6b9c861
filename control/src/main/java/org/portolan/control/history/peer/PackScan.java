package org.portolan.control.history.peer;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.eclipse.jgit.lib.Constants;

/**
 * Reads a pack on its way to the parser, and lets no byte through that would make the parser take more memory or time
 * than a history can ask for: it believes the count in the header, and holds a whole chain of deltas at once.
 *
 * <pre>
 *   "PACK" version(4) count(4)                                           gitformat-pack
 *   each: type and size, 3 + 4 + 7n bits; for a delta how far back its base lies, 7n bits; zlib stream
 *   SHA-1 of it all (20)
 * </pre>
 */
final class PackScan extends InputStream {
    /**
     * @param objects in the pack
     * @param objectBytes of one, unpacked
     * @param chainBytes of an object and all that it is a delta of, down to a whole one
     * @param chainLength how many deltas lead down to a whole one: each reader goes down all of them
     * @param unpackedBytes of all
     */
    record Limits(int objects, int objectBytes, int chainBytes, int chainLength, long unpackedBytes) {
        /** git makes chains of 50, and made some of 250. */
        static final Limits STANDARD = new Limits(PeerHeap.checkedObjects(), 4 << 20, 32 << 20, 250, 8L << 30);
    }

    private enum At {
        HEADER,
        OBJECT,
        BASE,
        DATA,
        TRAILER,
        END
    }

    /** The first bytes of a pack. */
    static final int HEADER_BYTES = 12;

    private static final int TRAILER_BYTES = 20;
    private static final int MAGIC = 'P' << 24 | 'A' << 16 | 'C' << 8 | 'K';
    private static final int MOST_SIZE_BITS = 32;
    private static final int SCRATCH = 8_192;

    private final InputStream in;
    private final Limits limits;
    private final Inflater inflater = new Inflater();
    private final byte[] scratch = new byte[SCRATCH];
    private At at = At.HEADER;
    private int bytesAt;
    private long position;
    private long unpackedBytes;

    private int version;
    private int count;
    private int done;
    private long[] offsets = new long[0];
    private int[] chains = new int[0];
    private short[] depths = new short[0];

    private int type;
    private long size;
    private int shift;
    private long back;
    private long inflated;
    private final DeltaSizes delta = new DeltaSizes();

    PackScan(final InputStream in, final Limits limits) {
        this.in = in;
        this.limits = limits;
    }

    /**
     * Whether a pack may come that begins so.
     *
     * @throws TooLargeException when it has more objects than are taken
     */
    static void requireHeader(final byte[] header, final Limits limits) throws IOException {
        try (PackScan scan = new PackScan(new ByteArrayInputStream(header), limits)) {
            scan.readNBytes(HEADER_BYTES);
        }
    }

    @Override
    public int read() throws IOException {
        final byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(final byte[] bytes, final int offset, final int length) throws IOException {
        final int read = in.read(bytes, offset, length);
        int from = offset;
        while (read > 0 && from < offset + read) {
            from += scan(bytes, from, offset + read - from);
        }
        return read;
    }

    /** @return how many bytes were taken */
    private int scan(final byte[] bytes, final int from, final int length) throws IOException {
        final int taken = at == At.DATA ? data(bytes, from, length) : 1;
        if (at != At.DATA) {
            one(bytes[from] & 0xFF);
        } else if (inflater.finished()) {
            endObject();
        }
        position += taken;
        return taken;
    }

    private void one(final int value) throws BadPeerException {
        switch (at) {
            case HEADER -> header(value);
            case OBJECT -> object(value);
            case BASE -> base(value);
            case TRAILER -> {
                bytesAt++;
                at = bytesAt == TRAILER_BYTES ? At.END : At.TRAILER;
            }
            default -> throw new BadPeerException("sends more than one pack");
        }
    }

    private void header(final int value) throws BadPeerException {
        if (bytesAt < 4) {
            if (value != (MAGIC >>> 24 - 8 * bytesAt & 0xFF)) {
                throw new BadPeerException("sends something that is not a pack");
            }
        } else if (bytesAt < 8) {
            version = version << 8 | value;
        } else {
            count = count << 8 | value;
        }
        bytesAt++;
        if (bytesAt == HEADER_BYTES) {
            if (version != 2) {
                throw new BadPeerException("sends a pack of version " + version);
            }
            if (count < 0 || count > limits.objects()) {
                throw new TooLargeException("sends %d objects at once, and %d is the most that is taken here"
                        .formatted(Integer.toUnsignedLong(count), limits.objects()));
            }
            nextObject();
        }
    }

    private void nextObject() {
        bytesAt = 0;
        at = done == count ? At.TRAILER : At.OBJECT;
    }

    private void object(final int value) throws BadPeerException {
        if (bytesAt == 0) {
            remember();
            type = value >>> 4 & 7;
            size = value & 0xF;
            shift = 4;
        } else if (shift > MOST_SIZE_BITS) {
            throw new BadPeerException("sends an object whose size is not a number");
        } else {
            size |= (long) (value & 0x7F) << shift;
            shift += 7;
        }
        bytesAt++;
        if ((value & 0x80) == 0) {
            begin();
        }
    }

    /** Grows with what came, and not with what the header promised. */
    private void remember() {
        if (done == offsets.length) {
            final int room = Math.min(count, Math.max(1_024, done * 2));
            offsets = Arrays.copyOf(offsets, room);
            chains = Arrays.copyOf(chains, room);
            depths = Arrays.copyOf(depths, room);
        }
        offsets[done] = position;
    }

    private void begin() throws BadPeerException {
        bytesAt = 0;
        inflated = 0;
        inflater.reset();
        require(size);
        switch (type) {
            case Constants.OBJ_COMMIT, Constants.OBJ_TREE, Constants.OBJ_BLOB -> {
                chains[done] = (int) size;
                at = At.DATA;
            }
            case Constants.OBJ_OFS_DELTA -> {
                delta.reset();
                back = 0;
                at = At.BASE;
            }
            case Constants.OBJ_REF_DELTA ->
                throw new BadPeerException("sends a pack that depends on objects outside it");
            case Constants.OBJ_TAG -> throw new BadPeerException("sends a tag, and a history has none");
            default -> throw new BadPeerException("sends an object of an unknown type");
        }
    }

    private void require(final long bytes) throws BadPeerException {
        if (bytes > limits.objectBytes()) {
            throw new BadPeerException("sends an object of %d bytes, and %d is the most in a history"
                    .formatted(bytes, limits.objectBytes()));
        }
    }

    /** git's own number: each further byte stands for 7 bits and one more (get_delta_base() in git's packfile.c). */
    private void base(final int value) throws BadPeerException {
        back = (bytesAt == 0 ? 0 : back + 1 << 7) | value & 0x7F;
        bytesAt++;
        if (bytesAt > 8) {
            throw new BadPeerException("sends a delta without a base");
        }
        if ((value & 0x80) == 0) {
            final int found = Arrays.binarySearch(offsets, 0, done, offsets[done] - back);
            if (found < 0) {
                throw new BadPeerException("sends a delta without a base");
            }
            chains[done] = chains[found];
            if (depths[found] >= limits.chainLength()) {
                throw new BadPeerException(
                        "sends deltas of deltas, more than %d for one object".formatted(limits.chainLength()));
            }
            depths[done] = (short) (depths[found] + 1);
            at = At.DATA;
        }
    }

    private int data(final byte[] bytes, final int from, final int length) throws IOException {
        inflater.setInput(bytes, from, length);
        try {
            while (!inflater.needsInput() && !inflater.finished()) {
                final int made = inflater.inflate(scratch);
                inflated(made);
                if (made == 0 && inflater.needsDictionary()) {
                    throw new DataFormatException();
                }
            }
        } catch (final DataFormatException e) {
            throw new BadPeerException("sends an object that is damaged", e);
        }
        return length - inflater.getRemaining();
    }

    private void inflated(final int made) throws BadPeerException {
        if (type == Constants.OBJ_OFS_DELTA) {
            delta.add(scratch, made);
        }
        inflated += made;
        unpackedBytes += made;
        if (inflated > size) {
            throw new BadPeerException("sends an object that is longer than it says");
        }
        requireUnpacked();
    }

    private void requireUnpacked() throws BadPeerException {
        if (unpackedBytes > limits.unpackedBytes()) {
            throw new TooLargeException("sends data that unpacks to more than " + limits.unpackedBytes() + " bytes");
        }
    }

    private void endObject() throws BadPeerException {
        if (inflated != size) {
            throw new BadPeerException("sends an object that is shorter than it says");
        }
        if (type == Constants.OBJ_OFS_DELTA) {
            final long result = delta.result();
            require(result);
            unpackedBytes += result;
            requireUnpacked();
            if (chains[done] + result > limits.chainBytes()) {
                throw new BadPeerException("sends deltas of deltas that need more than %d bytes to be unpacked"
                        .formatted(limits.chainBytes()));
            }
            chains[done] += (int) result;
        }
        done++;
        nextObject();
    }

    @Override
    public void close() {
        inflater.end();
    }
}
