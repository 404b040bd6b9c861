package org.portolan.dataplane.neighbor;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FramePool;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/**
 * Frames that wait until their next hop's MAC is known (RFC 1122 2.3.2.2: at least the latest is to be saved), copied
 * into the worker's {@link FramePool}: this table has the order in which they wait and owns them while they do. One
 * worker's; nothing in it is shared.
 *
 * <p>Frames are kept by hop, a hop being a port and a next hop's address, in the order in which they came; at most
 * {@link #framesEachHop} for each, then the oldest goes. One sender may have as many waiting as are left for all
 * others, so that a host that sweeps a subnet leaves half of the room. The worker re-reads the neighbor's word each
 * cycle:
 *
 * <pre>{@code
 * for (int i = pending.next(-1), following; i >= 0; i = following) {
 *     following = pending.next(i);          // before i is resumed
 *     if (pending.mustAsk(i, nowNs)) ...    // first, then each second: a query to control
 *     ... pending.resume(i, frame), send or drop it, then pool.release(i)
 * }
 * }</pre>
 *
 * <p>The walk costs one step a held frame, and one comparison when nothing is held. Nothing is allocated after
 * construction.
 */
public final class PendingFrames {
    /** How often control is asked for a hop that still waits, ns: its own retries are a second apart too. */
    public static final long ASK_INTERVAL_NS = 1_000_000_000L;

    private static final int NONE = -1;

    /**
     * Hops without a held frame that were asked for lately; a power of two. Two hops on one place only ask more often.
     */
    private static final int ASKED_PLACES = 256;

    /** Senders are told apart by a keyed hash of so many values; two with one value share. Nobody can choose which. */
    private static final int SENDERS = 1024;

    private static final int SENDER_SHIFT = 32 - 10;

    private final FramePool pool;
    private final int framesEachHop;
    private final int most;
    private final int senderSeed;
    private final int senderMultiplier;
    private int held;
    private int replaced;

    // By the pool's slots.
    private final int[] slotHop;
    private final int[] slotNext;
    private final int[] slotPrevious;
    private final int[] slotLength;
    private final long[] slotOffload;
    private final long[] slotSinceNs;
    private final int[] slotSource;
    private final int[] senderHeld = new int[SENDERS];

    // A hop is a chain of slots. Free hops are chained by hopNext, live ones stand in the order of their first frame.
    private final int[] hopPort;
    private final int[] hopAddress;
    private final int[] hopCount;
    private final int[] hopHead;
    private final int[] hopTail;
    private final int[] hopNext;
    private final int[] hopPrevious;
    private final int[] hopBucketNext;
    private final long[] hopAskedNs;
    private final boolean[] hopAsked;
    private final int[] buckets;
    private int freeHop;
    private int firstHop = NONE;
    private int lastHop = NONE;

    private final long[] askedKey = new long[ASKED_PLACES];
    private final long[] askedNs = new long[ASKED_PLACES];

    /**
     * @param most how many frames may wait, 1 to 65,536 and no more than the pool has
     * @param framesEachHop how many may wait for one next hop; a further one takes the oldest one's place
     * @param secret nobody else knows it
     */
    public PendingFrames(final FramePool pool, final int most, final int framesEachHop, final long secret) {
        if (most < 1 || most > Math.min(pool.slots(), 1 << 16)) {
            throw new IllegalArgumentException("%d frames of a pool of %d: allowed are 1 to %d"
                    .formatted(most, pool.slots(), Math.min(pool.slots(), 1 << 16)));
        }
        this.pool = pool;
        this.most = most;
        this.framesEachHop = framesEachHop;
        final SplittableRandom key = new SplittableRandom(secret);
        senderSeed = key.nextInt();
        senderMultiplier = key.nextInt() | 1;
        final int slots = pool.slots();
        slotHop = new int[slots];
        slotNext = new int[slots];
        slotPrevious = new int[slots];
        slotLength = new int[slots];
        slotOffload = new long[slots];
        slotSinceNs = new long[slots];
        slotSource = new int[slots];
        hopPort = new int[most];
        hopAddress = new int[most];
        hopCount = new int[most];
        hopHead = new int[most];
        hopTail = new int[most];
        hopNext = chain(most);
        hopPrevious = new int[most];
        hopBucketNext = new int[most];
        hopAskedNs = new long[most];
        hopAsked = new boolean[most];
        buckets = new int[Integer.highestOneBit(most) * 2];
        Arrays.fill(buckets, NONE);
        Arrays.fill(askedKey, NONE);
    }

    private static int[] chain(final int length) {
        final int[] chain = new int[length];
        for (int i = 0; i < length; i++) {
            chain[i] = i + 1 < length ? i + 1 : NONE;
        }
        return chain;
    }

    // ---- holding

    /**
     * Copies a frame into a slot of the pool: an IPv4 packet behind an Ethernet header, as its sender made it.
     *
     * @param port index of the port that it will leave by
     * @param nextHop address that is to be resolved
     * @param offload the frame's {@link org.portolan.dataplane.io.Offload} state
     * @return 0, or the {@link DropReason} code under which the caller counts this frame:
     *     NEIGHBOR_TOO_BIG, NEIGHBOR_QUEUE_FULL
     */
    public int hold(
            final int port,
            final int nextHop,
            final long frame,
            final int length,
            final long offload,
            final long nowNs) {
        if (length > pool.frameBytes()) {
            return DropReason.NEIGHBOR_TOO_BIG.code;
        }
        int hop = find(port, nextHop);
        final int source = Ipv4.source(frame + Ethernet.HEADER_BYTES);
        final int oldest = hop != NONE && hopCount[hop] == framesEachHop ? hopHead[hop] : NONE;
        if (!mayHold(source, oldest)) {
            return DropReason.NEIGHBOR_QUEUE_FULL.code;
        }
        if (oldest != NONE) {
            replaced++;
            unlinkSlot(oldest);
            pool.release(oldest);
        }
        if (hop == NONE) {
            hop = newHop(port, nextHop);
        }
        final int slot = pool.take();
        Memory.copy(frame, pool.address(slot), length);
        pool.hold(slot);
        held++;
        slotLength[slot] = length;
        slotOffload[slot] = offload;
        slotSinceNs[slot] = nowNs;
        slotSource[slot] = source;
        senderHeld[sender(source)]++;
        append(hop, slot);
        return 0;
    }

    /**
     * Whether a sender may have one more frame waiting.
     *
     * @param oldest the slot that would be its place, or NONE when it takes a free one
     */
    private boolean mayHold(final int source, final int oldest) {
        if (oldest != NONE && sender(slotSource[oldest]) == sender(source)) {
            return true;
        }
        return (oldest != NONE || held < most && pool.free() > 0) && senderHeld[sender(source)] <= most - held;
    }

    /** Multiply-shift: whatever two sources a host chooses, few multipliers give them one value. */
    private int sender(final int source) {
        final int mixed = source ^ senderSeed;
        return (mixed ^ mixed >>> 15) * senderMultiplier >>> SENDER_SHIFT;
    }

    /** Frames that a newer one pushed out since the last call, each a drop for NEIGHBOR_QUEUE_REPLACED. */
    public int replaced() {
        final int count = replaced;
        replaced = 0;
        return count;
    }

    /**
     * Whether control is to be asked for this hop now: true at the first call, then once a second. True means that the
     * caller asks. Works for hops with no frame held too, so that a frame too big to wait still gets its next hop
     * resolved.
     */
    public boolean mustAsk(final int port, final int nextHop, final long nowNs) {
        final int hop = find(port, nextHop);
        if (hop != NONE) {
            return mustAskHop(hop, nowNs);
        }
        final long key = key(port, nextHop);
        final int place = hash(port, nextHop) & ASKED_PLACES - 1;
        if (askedKey[place] == key && nowNs - askedNs[place] < ASK_INTERVAL_NS) {
            return false;
        }
        askedKey[place] = key;
        askedNs[place] = nowNs;
        return true;
    }

    /** {@link #mustAsk(int, int, long)} for the hop of a held frame. */
    public boolean mustAsk(final int slot, final long nowNs) {
        return mustAskHop(slotHop[slot], nowNs);
    }

    private boolean mustAskHop(final int hop, final long nowNs) {
        if (hopAsked[hop] && nowNs - hopAskedNs[hop] < ASK_INTERVAL_NS) {
            return false;
        }
        hopAsked[hop] = true;
        hopAskedNs[hop] = nowNs;
        return true;
    }

    // ---- the walk

    /** How many frames wait. */
    public int size() {
        return held;
    }

    /** How many frames can wait. */
    public int capacity() {
        return most;
    }

    /** The slot after {@code from}, which must be held, or the first slot for -1; -1 at the end. */
    public int next(final int from) {
        if (from < 0) {
            return firstHop == NONE ? NONE : hopHead[firstHop];
        }
        if (slotNext[from] != NONE) {
            return slotNext[from];
        }
        final int hop = hopNext[slotHop[from]];
        return hop == NONE ? NONE : hopHead[hop];
    }

    public int port(final int slot) {
        return hopPort[slotHop[slot]];
    }

    public int nextHop(final int slot) {
        return hopAddress[slotHop[slot]];
    }

    /** Source address that the frame came with: who asks for the next hop. */
    public int source(final int slot) {
        return slotSource[slot];
    }

    public long heldSinceNs(final int slot) {
        return slotSinceNs[slot];
    }

    /** Ends a frame's waiting: the pipeline has it again, as it came. */
    public void resume(final int slot, final Frame frame) {
        final int hop = slotHop[slot];
        unlinkSlot(slot);
        if (hopCount[hop] == 0) {
            endHop(hop);
        }
        frame.set(pool, slot, slotLength[slot], slotOffload[slot]);
    }

    // ---- chains

    private void append(final int hop, final int slot) {
        slotHop[slot] = hop;
        slotNext[slot] = NONE;
        slotPrevious[slot] = hopTail[hop];
        if (hopTail[hop] == NONE) {
            hopHead[hop] = slot;
        } else {
            slotNext[hopTail[hop]] = slot;
        }
        hopTail[hop] = slot;
        hopCount[hop]++;
    }

    private void unlinkSlot(final int slot) {
        final int hop = slotHop[slot];
        final int before = slotPrevious[slot];
        final int after = slotNext[slot];
        if (before == NONE) {
            hopHead[hop] = after;
        } else {
            slotNext[before] = after;
        }
        if (after == NONE) {
            hopTail[hop] = before;
        } else {
            slotPrevious[after] = before;
        }
        hopCount[hop]--;
        held--;
        senderHeld[sender(slotSource[slot])]--;
        slotHop[slot] = NONE;
        pool.resume(slot);
    }

    private int find(final int port, final int nextHop) {
        if (held == 0) {
            return NONE;
        }
        int hop = buckets[bucket(port, nextHop)];
        while (hop != NONE && (hopAddress[hop] != nextHop || hopPort[hop] != port)) {
            hop = hopBucketNext[hop];
        }
        return hop;
    }

    /** There is always a free hop: no more hops than frames that may wait, and one more may. */
    private int newHop(final int port, final int nextHop) {
        final int hop = freeHop;
        freeHop = hopNext[hop];
        hopPort[hop] = port;
        hopAddress[hop] = nextHop;
        hopCount[hop] = 0;
        hopHead[hop] = NONE;
        hopTail[hop] = NONE;
        hopAsked[hop] = false;
        final int bucket = bucket(port, nextHop);
        hopBucketNext[hop] = buckets[bucket];
        buckets[bucket] = hop;
        hopNext[hop] = NONE;
        hopPrevious[hop] = lastHop;
        if (lastHop == NONE) {
            firstHop = hop;
        } else {
            hopNext[lastHop] = hop;
        }
        lastHop = hop;
        return hop;
    }

    private void endHop(final int hop) {
        if (hopPrevious[hop] == NONE) {
            firstHop = hopNext[hop];
        } else {
            hopNext[hopPrevious[hop]] = hopNext[hop];
        }
        if (hopNext[hop] == NONE) {
            lastHop = hopPrevious[hop];
        } else {
            hopPrevious[hopNext[hop]] = hopPrevious[hop];
        }
        final int bucket = bucket(hopPort[hop], hopAddress[hop]);
        if (buckets[bucket] == hop) {
            buckets[bucket] = hopBucketNext[hop];
        } else {
            int before = buckets[bucket];
            while (hopBucketNext[before] != hop) {
                before = hopBucketNext[before];
            }
            hopBucketNext[before] = hopBucketNext[hop];
        }
        hopNext[hop] = freeHop;
        freeHop = hop;
    }

    private int bucket(final int port, final int nextHop) {
        return hash(port, nextHop) & buckets.length - 1;
    }

    private static int hash(final int port, final int nextHop) {
        final int mixed = (nextHop + port) * 0x9E3779B1;
        return mixed ^ mixed >>> 15;
    }

    private static long key(final int port, final int nextHop) {
        return (long) port << 32 | nextHop & 0xFFFF_FFFFL;
    }
}
