package org.portolan.dataplane.nat;

import java.util.SplittableRandom;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Fragment;

/**
 * The datagrams that come in fragments: what the first fragment of each became, so that the later ones, which have no
 * ports, become the same; and what has come of each. No fragment waits here, and nothing is reassembled.
 *
 * <pre>
 *                 first one came                     all came, or one overlaps
 *   EARLY ------------------------------&gt; OPEN -----------------------------------&gt; SPENT
 *   | |    first one refused, or one overlaps                                          ^
 *   | +--------------------------------------------------------------------------------+
 *   +- HELD: the first one waits for its next hop; goes on as EARLY does
 * </pre>
 *
 * <p>A datagram is known by its addresses, protocol, identification and the port that it came in by. Each side has half
 * of the room, and each sender an eighth of a side's. The newest takes the place of the oldest: of the same sender when
 * that one has used up its share, otherwise of the same side when it has no more room, spent ones first. So a flood
 * ends what is incomplete for long, and nothing is refused to a datagram whose fragments follow each other.
 *
 * <p>One worker uses it. Memory is allocated by the constructor alone. Times are milliseconds in an int, which may
 * wrap.
 */
public final class Fragments implements AutoCloseable {
    public static final int NONE = -1;

    /** What {@link #inTheWayOfRefused} says when there is no room and nothing may make way. */
    public static final int NO_ROOM = -2;

    /** How long later fragments wait for the first one. */
    public static final int EARLY_MS = 2_000;

    /** The same when the first one waits itself, for its next hop: longer than it does. */
    public static final int HELD_MS = 4_000;

    /** How long a datagram that is complete, or refused, is remembered. */
    static final int SPENT_MS = 1_000;

    /**
     * A fragment that comes again so long after the datagram's first one is of a new datagram with the same
     * identification; a host at 10 Gbit/s may need all 65,536 in half a second.
     */
    static final int USED_AGAIN_MS = 1_000;

    /** The same when the datagram was complete. */
    static final int COMPLETE_USED_AGAIN_MS = 100;

    /** Senders are told apart by a keyed hash of so many values; two with one value share. Nobody can choose which. */
    public static final int SOURCES = 1024;

    /** Of the datagrams of a side, those that one sender may have open: one in so many. */
    private static final int SHARE = 8;

    private static final int SIDES = 2;

    private static final int FREE = 0;
    private static final int EARLY = 1;
    private static final int OPEN = 2;
    private static final int SPENT = 3;

    /** As early; but the first fragment is here, and waits for its next hop. */
    private static final int HELD = 4;

    private static final int STATES = 5;

    /** Whose oldest gives way when nothing is spent, in this order. */
    private static final int[] GIVING_WAY = {OPEN, EARLY, HELD};

    private final int datagrams;
    private final int timeoutMs;
    private final FlowKey key;
    private final Slab slab;
    private final FragmentMap map;
    private final AgeQueues ages;
    private final AgeQueues sources;
    private final int[] sourceOpen = new int[SOURCES];
    private final int[] buckets;
    private int remembered;

    /** @param secret nobody else knows it */
    public Fragments(final FragmentLimits limits, final long secret) {
        final SplittableRandom random = new SplittableRandom(secret);
        key = new FlowKey(new NatSecrets.Key(random.nextLong(), random.nextLong()));
        datagrams = limits.datagrams();
        timeoutMs = limits.timeoutS() * 1_000;
        slab = Slab.allocate((long) datagrams * FragmentLayout.RECORD_BYTES, "datagrams in fragments");
        map = new FragmentMap(datagrams);
        ages = new AgeQueues(
                SIDES * STATES, fields(FragmentLayout.OLDER_OF_AGE_OFFSET, FragmentLayout.NEWER_OF_AGE_OFFSET));
        sources = new AgeQueues(
                SOURCES * STATES, fields(FragmentLayout.OLDER_OF_SOURCE_OFFSET, FragmentLayout.NEWER_OF_SOURCE_OFFSET));
        buckets = new int[Integer.highestOneBit(datagrams) * 2];
        for (int i = 0; i < datagrams; i++) {
            ages.add(age(i, FREE), i);
        }
    }

    private AgeQueues.Fields fields(final int older, final int newer) {
        return new AgeQueues.Fields(
                slab.address() + older,
                slab.address() + newer,
                FragmentLayout.RECORD_BYTES,
                slab.address() + FragmentLayout.SINCE_OFFSET,
                FragmentLayout.RECORD_BYTES);
    }

    // ---- finding

    /**
     * The second word of a datagram's key.
     *
     * @param port index of the one that it came in by
     */
    public static long datagram(final int port, final int protocol, final int identification) {
        return (long) port << 24 | protocol << 16 | identification;
    }

    /** The datagram of that key, or {@link #NONE}. */
    public int find(final long addresses, final long datagram) {
        int found = buckets[bucket(addresses, datagram)] - 1;
        while (found >= 0
                && (Memory.longAt(record(found)) != addresses
                        || Memory.longAt(record(found) + FragmentLayout.DATAGRAM_OFFSET) != datagram)) {
            found = Memory.intAt(record(found) + FragmentLayout.NEXT_OF_BUCKET_OFFSET) - 1;
        }
        return found;
    }

    /** The place of a sender on a side among those that have shares. */
    public int source(final int address, final boolean outside) {
        return (int) key.hash(address & 0xFFFF_FFFFL, outside ? 1 : 0) & SOURCES - 1;
    }

    public int sourceOf(final int datagram) {
        return Memory.intAt(record(datagram) + FragmentLayout.SOURCE_OFFSET);
    }

    public boolean isFromOutside(final int datagram) {
        return datagram >= datagrams / SIDES;
    }

    /** Whether its first fragment got through, and its later ones may follow. */
    public boolean isOpen(final int datagram) {
        return state(datagram) == OPEN;
    }

    /** Datagrams that are remembered. */
    public int size() {
        return remembered;
    }

    // ---- what has come

    /**
     * Judges a fragment by those of its datagram that came before it.
     *
     * @param offset of its first byte in the datagram's payload, and its length, bytes
     * @return 0, or the code of {@link DropReason#FRAGMENT_DUPLICATE}, {@link DropReason#FRAGMENT_OVERLAP} or of what
     *     became of the datagram
     */
    public int judge(final int datagram, final int offset, final int length, final boolean more) {
        final long record = record(datagram);
        final int reason = reason(datagram);
        if (reason != 0) {
            return reason;
        }
        final int from = offset / Fragment.UNIT_BYTES;
        final int to = units(offset + length);
        final int end = end(record);
        if (end == 0 && !more && map.hasAny(datagram, to, units(0xFFFF))) {
            return DropReason.FRAGMENT_OVERLAP.code;
        }
        final boolean beyond = more ? offset + length >= end : offset + length != end;
        if (end != 0 && beyond) {
            return DropReason.FRAGMENT_OVERLAP.code;
        }
        if (!map.hasAny(datagram, from, to)) {
            return 0;
        }
        return (more || end != 0) && map.has(datagram, from, to)
                ? DropReason.FRAGMENT_DUPLICATE.code
                : DropReason.FRAGMENT_OVERLAP.code;
    }

    /** Notes a fragment that {@link #judge} has let through. */
    public void note(final int datagram, final int offset, final int length, final boolean more) {
        final long record = record(datagram);
        final int from = offset / Fragment.UNIT_BYTES;
        final int to = units(offset + length);
        map.add(datagram, from, to);
        final int covered = Memory.shortAt(record + FragmentLayout.COVERED_OFFSET) + to - from;
        Memory.putShort(record + FragmentLayout.COVERED_OFFSET, (short) covered);
        if (!more) {
            Memory.putShort(record + FragmentLayout.END_OFFSET, (short) (offset + length));
        }
    }

    /** Whether all of a datagram has come. */
    public boolean isComplete(final int datagram) {
        final long record = record(datagram);
        final int end = end(record);
        return end != 0 && Memory.shortAt(record + FragmentLayout.COVERED_OFFSET) == units(end);
    }

    /** Whether a fragment that {@link #judge} refuses is of a new datagram with the same identification. */
    public boolean isUsedAgain(final int datagram, final int nowMs) {
        final int age = nowMs - since(datagram);
        final boolean complete = state(datagram) == SPENT && reason(datagram) == 0;
        return !isEarly(state(datagram)) && age >= (complete ? COMPLETE_USED_AGAIN_MS : USED_AGAIN_MS);
    }

    // ---- the life of a datagram

    /**
     * The datagram that has to be freed first so that there is room for another one; {@link #NONE} when there is room.
     * One that is spent goes first, then the oldest. What is early has room of its own while it waits, so a flood of it
     * takes few places of open ones.
     */
    public int inTheWay(final boolean outside) {
        final int first = outside ? datagrams / SIDES : 0;
        final int spent = inTheWayOfRefused(outside);
        if (spent != NO_ROOM) {
            return spent;
        }
        for (final int state : GIVING_WAY) {
            final int oldest = ages.oldest(age(first, state));
            if (oldest != NONE) {
                return oldest;
            }
        }
        return NO_ROOM;
    }

    /** As {@link #inTheWay}, for one that was refused, or {@link #NO_ROOM}: nothing but another spent one gives way. */
    public int inTheWayOfRefused(final boolean outside) {
        final int first = outside ? datagrams / SIDES : 0;
        if (ages.oldest(age(first, FREE)) != NONE) {
            return NONE;
        }
        final int spent = ages.oldest(age(first, SPENT));
        return spent == NONE ? NO_ROOM : spent;
    }

    /** The datagram that a sender has open for longest, if it has as many as it may; otherwise {@link #NONE}. */
    public int beyondShare(final int source) {
        return sourceOpen[source] >= datagrams / SIDES / SHARE ? sources.oldest(source * STATES + OPEN) : NONE;
    }

    /** Another one of the same sender that is early, the oldest; or {@link #NONE}. */
    public int otherEarlyOfSource(final int datagram) {
        final int early = other(sources, sourceOf(datagram) * STATES + EARLY, datagram);
        return early != NONE ? early : other(sources, sourceOf(datagram) * STATES + HELD, datagram);
    }

    /** Another one of the same side that is early, the oldest; or {@link #NONE}. */
    public int otherEarlyOfSide(final int datagram) {
        final int early = other(ages, age(datagram, EARLY), datagram);
        return early != NONE ? early : other(ages, age(datagram, HELD), datagram);
    }

    private static int other(final AgeQueues queues, final int queue, final int datagram) {
        final int oldest = queues.oldest(queue);
        return oldest == datagram ? queues.newer(datagram) : oldest;
    }

    /** Begins to remember a datagram, as early; nothing is {@link #inTheWay}. */
    public int add(
            final long addresses, final long datagram, final int source, final boolean outside, final int nowMs) {
        final int added = ages.oldest(age(outside ? datagrams / SIDES : 0, FREE));
        final long record = record(added);
        Memory.putLong(record + FragmentLayout.ADDRESSES_OFFSET, addresses);
        Memory.putLong(record + FragmentLayout.DATAGRAM_OFFSET, datagram);
        Memory.putInt(record + FragmentLayout.SOURCE_OFFSET, source);
        Memory.putU8(record + FragmentLayout.REASON_OFFSET, 0);
        Memory.putInt(record + FragmentLayout.COVERED_OFFSET, 0);
        final int bucket = bucket(addresses, datagram);
        Memory.putInt(record + FragmentLayout.BUCKET_OFFSET, bucket);
        Memory.putInt(record + FragmentLayout.NEXT_OF_BUCKET_OFFSET, buckets[bucket]);
        buckets[bucket] = added + 1;
        map.clear(added);
        remembered++;
        enter(added, EARLY, nowMs);
        return added;
    }

    /** An early datagram's wait begins again, and takes longer: its first fragment is here, and waits itself. */
    public void hold(final int datagram, final int nowMs) {
        enter(datagram, HELD, nowMs);
    }

    /**
     * The first fragment of an early datagram got through.
     *
     * @param newAddresses source above destination, as it left; and its identification
     * @param ports of its flow as it came, with the realm
     * @param match its session and direction, or -1
     * @param epoch of the policy
     */
    public void open(
            final int datagram,
            final long newAddresses,
            final int identification,
            final long ports,
            final int match,
            final int epoch,
            final int nowMs) {
        final long record = record(datagram);
        Memory.putLong(record + FragmentLayout.NEW_ADDRESSES_OFFSET, newAddresses);
        Memory.putShort(record + FragmentLayout.NEW_IDENTIFICATION_OFFSET, (short) identification);
        Memory.putLong(record + FragmentLayout.PORTS_OFFSET, ports);
        Memory.putInt(record + FragmentLayout.MATCH_OFFSET, match);
        Memory.putInt(record + FragmentLayout.EPOCH_OFFSET, epoch);
        enter(datagram, OPEN, nowMs);
    }

    /**
     * No further fragment of a datagram is expected, or wanted.
     *
     * @param reason why further ones are dropped, or 0 when all have come
     */
    public void spend(final int datagram, final int reason, final int nowMs) {
        Memory.putU8(record(datagram) + FragmentLayout.REASON_OFFSET, reason);
        enter(datagram, SPENT, nowMs);
    }

    /** Forgets a datagram. */
    public void free(final int datagram) {
        final int bucket = Memory.intAt(record(datagram) + FragmentLayout.BUCKET_OFFSET);
        final int next = Memory.intAt(record(datagram) + FragmentLayout.NEXT_OF_BUCKET_OFFSET);
        if (buckets[bucket] == datagram + 1) {
            buckets[bucket] = next;
        } else {
            int before = buckets[bucket] - 1;
            while (Memory.intAt(record(before) + FragmentLayout.NEXT_OF_BUCKET_OFFSET) != datagram + 1) {
                before = Memory.intAt(record(before) + FragmentLayout.NEXT_OF_BUCKET_OFFSET) - 1;
            }
            Memory.putInt(record(before) + FragmentLayout.NEXT_OF_BUCKET_OFFSET, next);
        }
        remembered--;
        enter(datagram, FREE, 0);
    }

    /** A datagram whose time is over, or {@link #NONE}. */
    public int due(final int nowMs) {
        for (int side = 0; side < SIDES; side++) {
            final int first = side * (datagrams / SIDES);
            for (int state = EARLY; state < STATES; state++) {
                final int oldest = ages.oldest(age(first, state));
                if (oldest != NONE && nowMs - since(oldest) >= lifeMs(state)) {
                    return oldest;
                }
            }
        }
        return NONE;
    }

    private int lifeMs(final int state) {
        return switch (state) {
            case EARLY -> EARLY_MS;
            case HELD -> HELD_MS;
            case OPEN -> timeoutMs;
            default -> SPENT_MS;
        };
    }

    private void enter(final int datagram, final int state, final int nowMs) {
        final long record = record(datagram);
        final int source = sourceOf(datagram);
        final int was = state(datagram);
        ages.remove(age(datagram, was), datagram);
        if (was == OPEN || isEarly(was)) {
            sources.remove(source * STATES + was, datagram);
            sourceOpen[source] -= was == OPEN ? 1 : 0;
        }
        Memory.putU8(record + FragmentLayout.STATE_OFFSET, state);
        Memory.putInt(record + FragmentLayout.SINCE_OFFSET, nowMs);
        ages.add(age(datagram, state), datagram);
        if (state == OPEN || isEarly(state)) {
            sources.add(source * STATES + state, datagram);
            sourceOpen[source] += state == OPEN ? 1 : 0;
        }
    }

    // ---- what the first fragment became

    public long newAddresses(final int datagram) {
        return Memory.longAt(record(datagram) + FragmentLayout.NEW_ADDRESSES_OFFSET);
    }

    public int newIdentification(final int datagram) {
        return Memory.shortAt(record(datagram) + FragmentLayout.NEW_IDENTIFICATION_OFFSET) & 0xFFFF;
    }

    /** The ports of the first fragment's flow as it came, with the realm. */
    public long ports(final int datagram) {
        return Memory.longAt(record(datagram) + FragmentLayout.PORTS_OFFSET);
    }

    /** The first fragment's match, or -1 for one without a session. */
    public int match(final int datagram) {
        return Memory.intAt(record(datagram) + FragmentLayout.MATCH_OFFSET);
    }

    /** Epoch of the policy that the first fragment passed under. */
    public int epoch(final int datagram) {
        return Memory.intAt(record(datagram) + FragmentLayout.EPOCH_OFFSET);
    }

    // ---- fields

    private long record(final int datagram) {
        return slab.address() + (long) datagram * FragmentLayout.RECORD_BYTES;
    }

    private int state(final int datagram) {
        return Memory.u8(record(datagram) + FragmentLayout.STATE_OFFSET);
    }

    private static boolean isEarly(final int state) {
        return state == EARLY || state == HELD;
    }

    private int reason(final int datagram) {
        return Memory.u8(record(datagram) + FragmentLayout.REASON_OFFSET);
    }

    private int since(final int datagram) {
        return Memory.intAt(record(datagram) + FragmentLayout.SINCE_OFFSET);
    }

    private static int end(final long record) {
        return Memory.shortAt(record + FragmentLayout.END_OFFSET) & 0xFFFF;
    }

    private static int units(final int bytes) {
        return (bytes + Fragment.UNIT_BYTES - 1) / Fragment.UNIT_BYTES;
    }

    /** The queue of a datagram's side and a state. */
    private int age(final int datagram, final int state) {
        return (isFromOutside(datagram) ? STATES : 0) + state;
    }

    private int bucket(final long addresses, final long datagram) {
        return (int) key.hash(addresses, datagram) & buckets.length - 1;
    }

    /** All off-heap memory, bytes. */
    public long memoryBytes() {
        return slab.bytes() + map.bytes();
    }

    @Override
    public void close() {
        slab.close();
        map.close();
    }
}
