package org.portolan.dataplane.nat;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;

/**
 * Which outside ports are free, and who may take them: the ports of each outside address in 64 blocks of 1,024, each of
 * which has an owner; and for each space (address and protocol) a bitmap of 65,536 ports, 1 is free, with a summary bit
 * for each 64. Where owners and bitmaps lie is {@link PortMemory}'s; a space is given by its bitmap's address.
 *
 * <pre>
 *  of each space
 *  bytes 0 to 127      16 words, bit w: some port of word w is free; 16 bits are a block
 *  bytes 128 to 8319   1,024 words, bit p: port p is free
 * </pre>
 *
 * <p>It is exact: while one port of the wanted blocks is free it is found, in one walk over the 16 summary words,
 * however full the blocks are. A pick starts at a random port of these blocks (RFC 6056 3.3.1), and takes the next that
 * is free. The starts are a counter through SipHash-2-4 with a key of its own: whoever observed any number of ports
 * knows nothing of the next one, nor of any other secret. A port stays within its class: below 1024, which is the first
 * block, or from there on (RFC 4787 REQ-3a); an identifier has one class, 0 to 65535.
 *
 * <p>One worker uses it. Other threads read {@link #ownerOf} alone: the worker publishes an owner (release), they
 * observe it (acquire). Nothing is counted here: {@link MappingTable} knows who holds a port and whether it rests.
 */
final class PortBlocks {
    static final int LAST_PORT = 0xFFFF;
    static final int BLOCK_PORTS = 1024;
    static final int BLOCKS = 64;

    /** The blocks of each class of ports, as a set: bit b is block b. */
    static final long PRIVILEGED = 1;

    static final long UNPRIVILEGED = ~PRIVILEGED;
    static final long EVERY = -1;

    /** Owner of a block that nobody may take a port of. Worker n is n + 1; a higher one may be a host's some day. */
    static final int NOBODY = 0;

    /** Owner of the blocks of the only worker there is today. */
    static final int FIRST_WORKER = 1;

    /** How many workers there is room for. */
    static final int MOST_WORKERS = 7;

    /** The even ports of a word of 64. */
    private static final long EVEN_PORTS = 0x5555_5555_5555_5555L;

    /** SipHash's last word for a message of 8 bytes. */
    private static final long COUNTER_LENGTH = 8L << 56;

    private static final int BLOCK_SHIFT = Integer.numberOfTrailingZeros(BLOCK_PORTS);
    private static final int SUMMARY_WORDS = 16;
    private static final int SUMMARY_BYTES = SUMMARY_WORDS * Long.BYTES;
    private static final int BLOCKS_A_SUMMARY_WORD = BLOCKS / SUMMARY_WORDS;
    private static final int PORT_WORDS = 1024;
    static final int SPACE_BYTES = SUMMARY_BYTES + PORT_WORDS * Long.BYTES;

    private final NatSecrets.Key key;
    private long picks;

    PortBlocks(final NatSecrets.Key key) {
        this.key = key;
    }

    /** Makes somebody, or {@link #NOBODY}, the owner of an address's block; ports that are taken stay so. */
    static void give(final long piece, final int block, final int owner) {
        final long word = ownerWord(piece, block);
        final int before = SharedWord.peekInt(word);
        if (isWorker(before)) {
            final long set = ownedSet(piece, before);
            Memory.putLong(set, Memory.longAt(set) & ~(1L << block));
        }
        if (isWorker(owner)) {
            final long set = ownedSet(piece, owner);
            Memory.putLong(set, Memory.longAt(set) | 1L << block);
        }
        SharedWord.publishInt(word, owner);
    }

    private static boolean isWorker(final int owner) {
        return owner > NOBODY && owner <= MOST_WORKERS;
    }

    /** Whose the block of an address's port is; any thread. */
    static int ownerOf(final long piece, final int port) {
        return SharedWord.observeInt(ownerWord(piece, port >>> BLOCK_SHIFT));
    }

    /** The set of the blocks of an address that a worker owns. */
    static long blocksOf(final long piece, final int worker) {
        return Memory.longAt(ownedSet(piece, worker));
    }

    /** Whether a set has the block of a port. */
    static boolean contains(final long blocks, final int port) {
        return (blocks >>> (port >>> BLOCK_SHIFT) & 1) != 0;
    }

    /** Takes a port if it is free, whosever its block is. */
    static boolean take(final long space, final int port) {
        final long at = portWord(space, port);
        final long bits = Memory.longAt(at);
        if ((bits >>> port & 1) == 0) {
            return false;
        }
        final long left = bits & ~(1L << port);
        Memory.putLong(at, left);
        if (left == 0) {
            final long summary = summaryWord(space, port >>> 12);
            Memory.putLong(summary, Memory.longAt(summary) & ~(1L << (port >>> 6)));
        }
        return true;
    }

    /**
     * Takes a free port of a set of blocks, the first one at or after a random start, around the end.
     *
     * @return the port, or -1 when none of them is free
     */
    int takeAny(final long space, final long blocks) {
        final int first = randomStart(blocks);
        return first < 0 ? -1 : taken(space, nextFree(space, blocks, first));
    }

    /**
     * As {@link #takeAny}, of the ports that are odd or even like another one (RFC 4787 REQ-4). A pick looks at each
     * word with a free port in the worst case, 1,024 of them: the summary does not know which parity is free.
     */
    int takeAlike(final long space, final long blocks, final int like) {
        final int first = randomStart(blocks);
        return first < 0 ? -1 : taken(space, nextAlike(space, blocks, first, EVEN_PORTS << (like & 1)));
    }

    /** A random port of a set of blocks, or -1 for an empty set. */
    private int randomStart(final long blocks) {
        final int among = Long.bitCount(blocks) * BLOCK_PORTS;
        final int start = random(among);
        final long block = Long.expand(1L << (start >>> BLOCK_SHIFT), blocks);
        return block == 0 ? -1 : Long.numberOfTrailingZeros(block) << BLOCK_SHIFT | start & BLOCK_PORTS - 1;
    }

    private static int taken(final long space, final int port) {
        if (port >= 0) {
            take(space, port);
        }
        return port;
    }

    static void free(final long space, final int port) {
        final long at = portWord(space, port);
        Memory.putLong(at, Memory.longAt(at) | 1L << port);
        final long summary = summaryWord(space, port >>> 12);
        Memory.putLong(summary, Memory.longAt(summary) | 1L << (port >>> 6));
    }

    static boolean isFree(final long space, final int port) {
        return (Memory.longAt(portWord(space, port)) >>> port & 1) != 0;
    }

    /** The first free port of a set of blocks from one of theirs on, around the end, or -1. */
    private static int nextFree(final long space, final long blocks, final int from) {
        final long bits = Memory.longAt(portWord(space, from)) & -1L << from;
        if (bits != 0) {
            return (from & -Long.SIZE) + Long.numberOfTrailingZeros(bits);
        }
        int part = from >>> 12;
        // Beyond the word of the start: its earlier ports come last.
        long words = freeWords(space, blocks, part) & -2L << (from >>> 6);
        for (int i = 0; words == 0; i++) {
            if (i == SUMMARY_WORDS) {
                return -1;
            }
            part = part + 1 & SUMMARY_WORDS - 1;
            words = freeWords(space, blocks, part);
        }
        final int first = (part << 6) + Long.numberOfTrailingZeros(words) << 6;
        return first + Long.numberOfTrailingZeros(Memory.longAt(portWord(space, first)));
    }

    /** As {@link #nextFree}, of the ports that a mask has in each word of 64. */
    private static int nextAlike(final long space, final long blocks, final int from, final long mask) {
        final long bits = Memory.longAt(portWord(space, from)) & -1L << from & mask;
        if (bits != 0) {
            return (from & -Long.SIZE) + Long.numberOfTrailingZeros(bits);
        }
        int part = from >>> 12;
        long words = freeWords(space, blocks, part) & -2L << (from >>> 6);
        for (int i = 0; ; i++) {
            for (; words != 0; words &= words - 1) {
                final int first = (part << 6) + Long.numberOfTrailingZeros(words) << 6;
                final long alike = Memory.longAt(portWord(space, first)) & mask;
                if (alike != 0) {
                    return first + Long.numberOfTrailingZeros(alike);
                }
            }
            if (i == SUMMARY_WORDS) {
                return -1;
            }
            part = part + 1 & SUMMARY_WORDS - 1;
            words = freeWords(space, blocks, part);
        }
    }

    /** One summary word's bits of a set of blocks: four blocks of 16 bits each. */
    private static long freeWords(final long space, final long blocks, final int part) {
        final long four = blocks >>> part * BLOCKS_A_SUMMARY_WORD;
        final long lowest = four & 1 | (four & 2) << 15 | (four & 4) << 30 | (four & 8) << 45;
        return Memory.longAt(summaryWord(space, part)) & lowest * 0xFFFF;
    }

    /** A number that is hard to guess, 0 or more and below the bound. */
    int random(final int bound) {
        return (int) ((nextRandom() >>> 32) * bound >>> 32);
    }

    private long nextRandom() {
        return SipHash.strong(key.k0(), key.k1(), picks++, COUNTER_LENGTH);
    }

    private static long portWord(final long space, final int port) {
        return space + SUMMARY_BYTES + (port >>> 6) * Long.BYTES;
    }

    private static long summaryWord(final long space, final int part) {
        return space + part * Long.BYTES;
    }

    private static long ownerWord(final long piece, final int block) {
        return PortMemory.owners(piece) + block * Integer.BYTES;
    }

    private static long ownedSet(final long piece, final int worker) {
        return PortMemory.owned(piece) + (worker - 1) * Long.BYTES;
    }
}
