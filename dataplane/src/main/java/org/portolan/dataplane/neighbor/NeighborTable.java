package org.portolan.dataplane.neighbor;

import java.util.concurrent.ThreadLocalRandom;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.memory.Slab;

/**
 * The neighbors of one interface as workers read them: one 8-byte word each.
 *
 * <pre>
 *  63      56 55      48 47                                            0
 * +----------+----------+----------------------------------------------+
 * |    0     |  state   |                     MAC                      |
 * +----------+----------+----------------------------------------------+
 * </pre>
 *
 * <p>Control is the one writer (release); workers read (acquire) and never wait. A word is whole at every moment, so no
 * reader sees one neighbor's MAC with another's state. Nothing else is published through it.
 *
 * <p><b>Slots.</b> In a connected subnet of /16 or longer the slot is the host part of the address: a lookup is one
 * load, and a slot belongs to one address. All other addresses (gateways off the subnet, subnets shorter than
 * /16) are in a hash of fixed size behind those: open addressing, at most {@link #PROBE_LIMIT} cells from home, at most
 * a quarter full, under a multiplier that is drawn for each table so that nobody outside can aim at one cell. Each cell
 * has a key beside its word:
 *
 * <pre>
 *  63                              32 31                               0
 * +----------------------------------+----------------------------------+
 * |  generation, one more each reuse |     address, 0 in a free cell    |
 * +----------------------------------+----------------------------------+
 * </pre>
 *
 * <p><b>Removal while others read.</b> {@link #clear} zeroes the word and leaves the key as a tombstone, so chains over
 * it hold. Only a cell with word 0 is given to another address: its key with a new generation first, its word after. A
 * reader takes key, word, key: a reader that saw the new word sees the new key too (release, acquire), and the
 * generation tells a key that went and came back. So {@link #lookup} and {@link #word(int, int)} never hand out another
 * address's MAC. A tombstone becomes free again only when the next cell is free, because then no chain leads over it.
 */
public final class NeighborTable implements AutoCloseable {
    /** Cells that a hashed lookup looks at, at most: two cache lines of keys and a bit. */
    public static final int PROBE_LIMIT = 32;

    /** Longest host part that is indexed directly, bits: 65,536 words, half a megabyte. */
    public static final int DIRECT_BITS = 16;

    private static final int MAXIMUM_HASH_CAPACITY = 1 << 20;
    private static final int WORD_BYTES = 8;
    private static final long MAC_MASK = 0xFFFF_FFFF_FFFFL;
    private static final long ADDRESS_MASK = 0xFFFF_FFFFL;
    private static final long GENERATION_ONE = 1L << 32;

    private final Slab slab;
    private final long words;
    private final long keys;
    private final int network;
    private final int directSlots;
    private final int hashCapacity;
    private final int hashCells;
    private final int hashShift;
    private final int multiplier;
    private int hashed;

    /**
     * @param networkAddress the connected subnet; host bits are ignored
     * @param prefixLength 0 to 32; below 16 every address is hashed
     * @param hashCapacity how many addresses the hash holds, 1 to 1,048,576
     */
    public NeighborTable(final int networkAddress, final int prefixLength, final int hashCapacity) {
        this(
                networkAddress,
                prefixLength,
                hashCapacity,
                ThreadLocalRandom.current().nextInt());
    }

    /** For tests: with a multiplier that is known. */
    NeighborTable(final int networkAddress, final int prefixLength, final int hashCapacity, final int seed) {
        if (prefixLength < 0 || prefixLength > 32) {
            throw new IllegalArgumentException("prefix length %d is not in 0 to 32".formatted(prefixLength));
        }
        if (hashCapacity < 1 || hashCapacity > MAXIMUM_HASH_CAPACITY) {
            throw new IllegalArgumentException(
                    "hash capacity %d is not in 1 to %d".formatted(hashCapacity, MAXIMUM_HASH_CAPACITY));
        }
        final int hostBits = 32 - prefixLength;
        this.directSlots = hostBits <= DIRECT_BITS ? 1 << hostBits : 0;
        this.network = hostBits == 32 ? 0 : networkAddress >>> hostBits << hostBits;
        this.hashCapacity = hashCapacity;
        final int cellBits = Math.max(6, 32 - Integer.numberOfLeadingZeros(hashCapacity * 4 - 1));
        this.hashCells = 1 << cellBits;
        this.hashShift = 32 - cellBits;
        this.multiplier = seed | 1;
        // Words first and to a whole cache line, then keys.
        final long wordBytes = roundToLine((long) WORD_BYTES * slots());
        this.slab = Slab.allocate(wordBytes + (long) WORD_BYTES * hashCells, "neighbor table");
        this.words = slab.address();
        this.keys = words + wordBytes;
    }

    private static long roundToLine(final long bytes) {
        return bytes + Memory.CACHE_LINE_BYTES - 1 & -Memory.CACHE_LINE_BYTES;
    }

    /** How many slots there are: of the subnet, then of the hash. A slot is below this. */
    public int slots() {
        return directSlots + hashCells;
    }

    /** How many addresses the hash holds at most. */
    public int hashCapacity() {
        return hashCapacity;
    }

    // ---- any thread

    /** Slot of an address, or -1 when it has none: it is hashed and not there. */
    public int slot(final int address) {
        final int host = address - network;
        if (Integer.compareUnsigned(host, directSlots) < 0) {
            return host;
        }
        final int cell = find(address);
        return cell < 0 ? -1 : directSlots + cell;
    }

    /**
     * The word in a slot, or 0. A direct slot's is the address's own. A hashed slot may have gone to another address
     * since {@link #slot}: there {@link #word(int, int)} or {@link #lookup} is to be asked.
     */
    public long word(final int slot) {
        return SharedWord.observeLong(words + (long) WORD_BYTES * slot);
    }

    /**
     * The word in {@code slot} when the slot is {@code address}'s still, otherwise 0. One load in the subnet, three in
     * the hash.
     */
    public long word(final int slot, final int address) {
        if (slot < directSlots) {
            return word(slot);
        }
        final long key = keys + (long) WORD_BYTES * (slot - directSlots);
        final long before = SharedWord.observeLong(key);
        if ((int) before != address) {
            return 0;
        }
        final long word = word(slot);
        return SharedWord.observeLong(key) == before ? word : 0;
    }

    /** The word of an address, or 0 when nothing is known of it. */
    public long lookup(final int address) {
        final int slot = slot(address);
        return slot < 0 ? 0 : word(slot, address);
    }

    /** The address that a slot stands for now, or 0 for a cell of the hash with nothing in it. For listings. */
    public int addressOf(final int slot) {
        if (slot < directSlots) {
            return network + slot;
        }
        final int address = (int) SharedWord.observeLong(keys + (long) WORD_BYTES * (slot - directSlots));
        return word(slot) == 0 ? 0 : address;
    }

    private int find(final int address) {
        if (address == 0) {
            return -1;
        }
        int cell = home(address);
        for (int probe = 0; probe < PROBE_LIMIT; probe++) {
            final int key = (int) SharedWord.observeLong(keys + (long) WORD_BYTES * cell);
            if (key == address) {
                return cell;
            }
            if (key == 0) {
                return -1;
            }
            cell = cell + 1 & hashCells - 1;
        }
        return -1;
    }

    private int home(final int address) {
        final int mixed = address ^ address >>> 15;
        return mixed * multiplier >>> hashShift;
    }

    // ---- words

    /** Whether frames may be sent by this word: reachable, stale, probing or static. */
    public static boolean isUsable(final long word) {
        return NeighborState.isUsable(state(word));
    }

    /** Whether the neighbor did not answer, so that frames to it are dropped. */
    public static boolean isFailed(final long word) {
        return state(word) == NeighborState.FAILED;
    }

    /** The MAC, 48 bits; 0 while there is none. */
    public static long mac(final long word) {
        return word & MAC_MASK;
    }

    /** One of {@link NeighborState}. */
    public static int state(final long word) {
        return (int) (word >>> 48) & 0xFF;
    }

    // ---- control only

    /**
     * Makes an address's MAC and state visible to the workers. Control only; release.
     *
     * @param state not {@link NeighborState#NONE}, for which there is {@link #clear}
     * @return false when the address would be hashed and the hash has no room: nothing changed
     */
    public boolean publish(final int address, final long mac, final int state) {
        if (state <= NeighborState.NONE || state > NeighborState.UNCONFIRMED || (mac & ~MAC_MASK) != 0) {
            throw new IllegalArgumentException("no neighbor has state %d and MAC 0x%x".formatted(state, mac));
        }
        int slot = address - network;
        if (Integer.compareUnsigned(slot, directSlots) >= 0) {
            final int cell = claim(address);
            if (cell < 0) {
                return false;
            }
            slot = directSlots + cell;
        }
        SharedWord.publishLong(words + (long) WORD_BYTES * slot, (long) state << 48 | mac);
        return true;
    }

    /** Forgets an address. Control only; release. No effect when it is not there. */
    public void clear(final int address) {
        final int slot = slot(address);
        if (slot < 0 || word(slot) == 0) {
            return;
        }
        SharedWord.publishLong(words + (long) WORD_BYTES * slot, 0);
        if (slot >= directSlots) {
            hashed--;
            if (hashed == 0) {
                freeAll();
            } else {
                freeTombstones(slot - directSlots);
            }
        }
    }

    /** The cell that is the address's already, dead or alive, else the first that can be; -1 when there is none. */
    private int claim(final int address) {
        if (address == 0) {
            return -1;
        }
        int vacant = -1;
        int cell = home(address);
        for (int probe = 0; probe < PROBE_LIMIT; probe++) {
            final int key = (int) SharedWord.peekLong(keys + (long) WORD_BYTES * cell);
            final boolean dead = SharedWord.peekLong(words + (long) WORD_BYTES * (directSlots + cell)) == 0;
            if (key == address) {
                return dead && !countIn() ? -1 : cell;
            }
            if (dead && vacant < 0) {
                vacant = cell;
            }
            if (key == 0) {
                break;
            }
            cell = cell + 1 & hashCells - 1;
        }
        if (vacant < 0 || !countIn()) {
            return -1;
        }
        final long key = keys + (long) WORD_BYTES * vacant;
        final long generation = SharedWord.peekLong(key) + GENERATION_ONE & ~ADDRESS_MASK;
        SharedWord.publishLong(key, generation | address & ADDRESS_MASK);
        return vacant;
    }

    private boolean countIn() {
        if (hashed == hashCapacity) {
            return false;
        }
        hashed++;
        return true;
    }

    /** From {@code last} backwards, while the next cell is free: a tombstone there is in no chain's middle. */
    private void freeTombstones(final int last) {
        int cell = last;
        while ((int) SharedWord.peekLong(keys + (long) WORD_BYTES * (cell + 1 & hashCells - 1)) == 0) {
            final long key = keys + (long) WORD_BYTES * cell;
            final long held = SharedWord.peekLong(key);
            if ((int) held == 0 || SharedWord.peekLong(words + (long) WORD_BYTES * (directSlots + cell)) != 0) {
                return;
            }
            SharedWord.publishLong(key, held & ~ADDRESS_MASK);
            cell = cell - 1 & hashCells - 1;
        }
    }

    /**
     * No chain is left: also where tombstones had gone round the whole hash, which leaves {@link #freeTombstones} no
     * end to start from.
     */
    private void freeAll() {
        for (int cell = 0; cell < hashCells; cell++) {
            final long key = keys + (long) WORD_BYTES * cell;
            final long held = SharedWord.peekLong(key);
            if ((int) held != 0) {
                SharedWord.publishLong(key, held & ~ADDRESS_MASK);
            }
        }
    }

    /** Cells that keep the key of an address that is gone. For tests. */
    int tombstones() {
        int tombstones = 0;
        for (int cell = 0; cell < hashCells; cell++) {
            final boolean keyed = (int) SharedWord.peekLong(keys + (long) WORD_BYTES * cell) != 0;
            tombstones += keyed && word(directSlots + cell) == 0 ? 1 : 0;
        }
        return tombstones;
    }

    @Override
    public void close() {
        slab.close();
    }
}
