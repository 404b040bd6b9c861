package org.portolan.dataplane.neighbor;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.agrona.collections.Int2IntCounterMap;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * The entries of one {@link NeighborMachine}: their room, their steps, their questions, their deadlines. Keeps the
 * quotas of {@link NeighborLimits} and tells the workers of every step. Control only.
 */
final class NeighborEntries {
    /** What was refused is reported at most this often, ms, each kind by itself. */
    static final long REPORT_INTERVAL_MS = 10_000;

    private final NeighborLimits limits;
    private final NeighborActions actions;
    private final long[] counts = new long[NeighborCounter.COUNT];
    private final long[] reportedMs = new long[NeighborCounter.COUNT];
    private final Int2ObjectHashMap<NeighborEntry> entries = new Int2ObjectHashMap<>();
    private final DeadlineHeap deadlines = new DeadlineHeap();
    private final ArrayDeque<NeighborEntry> failed = new ArrayDeque<>();
    /** Open lookups by who asks. */
    private final Int2IntCounterMap lookups = new Int2IntCounterMap(0);

    private final RequestRate rate;
    private int unresolved;
    private int unasked;
    private int statics;

    NeighborEntries(final NeighborLimits limits, final NeighborActions actions) {
        this.limits = limits;
        this.actions = actions;
        this.rate = new RequestRate(limits.requestsPerSecond());
        Arrays.fill(reportedMs, Long.MIN_VALUE / 2);
    }

    NeighborEntry of(final int address) {
        return entries.get(address);
    }

    int size() {
        return entries.size();
    }

    int statics() {
        return statics;
    }

    /** All of them now, by address: a copy, so that the caller may remove while it walks. */
    NeighborEntry[] sorted() {
        final NeighborEntry[] sorted = entries.values().toArray(new NeighborEntry[0]);
        Arrays.sort(sorted, (a, b) -> Integer.compareUnsigned(a.address, b.address));
        return sorted;
    }

    // ---- room

    /**
     * Makes an entry in its first state, or says why not and returns null.
     *
     * @param asker whom it is made for; the address itself when nobody asked
     */
    NeighborEntry admit(final int address, final long mac, final int state, final int asker, final long nowMs) {
        final boolean room = entries.size() < limits.entries() || dropOldestFailed();
        if (!room || !actions.publish(address, NeighborState.isUsable(state) ? mac : 0, state)) {
            refuse(NeighborCounter.LIMITED_ENTRIES, address, asker, nowMs);
            return null;
        }
        final NeighborEntry entry = new NeighborEntry(address);
        entry.mac = mac;
        entry.asker = asker;
        entries.put(address, entry);
        step(entry, state, nowMs);
        return entry;
    }

    /**
     * Whether one more address may be asked for; an absent host's entry goes for it if need be. One that asks may have
     * as many lookups open as are left for all others.
     */
    boolean isLookupAllowed(final int address, final int asker, final long nowMs) {
        final int free = limits.unresolved() - (unresolved - failed.size());
        if (free <= 0) {
            refuse(NeighborCounter.LIMITED_LOOKUPS, address, asker, nowMs);
            return false;
        }
        if (lookups.get(asker) > free) {
            refuse(NeighborCounter.LIMITED_ASKERS, address, asker, nowMs);
            return false;
        }
        if (unresolved >= limits.unresolved()) {
            dropOldestFailed();
        }
        return true;
    }

    /** Whether one more host may be learned that nobody asked for. */
    boolean isUnaskedAllowed(final int address, final long nowMs) {
        if (unasked < limits.unasked()) {
            return true;
        }
        refuse(NeighborCounter.LIMITED_UNASKED, address, address, nowMs);
        return false;
    }

    /**
     * Whether one more may be taken from memory or from a peer: never so many that lookups lose their room.
     */
    boolean isHearsayAllowed(final int address, final long nowMs) {
        if (entries.size() - unresolved < limits.entries() - limits.unresolved()) {
            return true;
        }
        refuse(NeighborCounter.LIMITED_ENTRIES, address, address, nowMs);
        return false;
    }

    private void refuse(final NeighborCounter limit, final int address, final int asker, final long nowMs) {
        count(limit, 1);
        if (nowMs - reportedMs[limit.ordinal()] >= REPORT_INTERVAL_MS) {
            reportedMs[limit.ordinal()] = nowMs;
            actions.limited(limit, address, asker);
        }
    }

    /** Makes room at the cost of an absent host: whoever wants it asks again, still at most once a retry. */
    private boolean dropOldestFailed() {
        final NeighborEntry oldest = failed.peekFirst();
        if (oldest == null) {
            return false;
        }
        remove(oldest);
        return true;
    }

    void remove(final NeighborEntry entry) {
        leave(entry);
        statics -= entry.state == NeighborState.STATIC ? 1 : 0;
        unasked(entry, false);
        deadlines.remove(entry);
        entries.remove(entry.address);
        actions.clear(entry.address);
    }

    // ---- steps

    /** One step of the table at {@link NeighborState}, and the word that tells the workers. */
    void enter(final NeighborEntry entry, final int state, final long nowMs) {
        step(entry, state, nowMs);
        actions.publish(entry.address, NeighborState.isUsable(state) ? entry.mac : 0, state);
    }

    private void step(final NeighborEntry entry, final int state, final long nowMs) {
        assert NeighborState.isLegal(entry.state, state)
                : NeighborState.name(entry.state) + " to " + NeighborState.name(state);
        leave(entry);
        if (state != NeighborState.PROBING) {
            unasked(entry, false);
        }
        entry.state = state;
        entry.sinceMs = nowMs;
        switch (state) {
            case NeighborState.INCOMPLETE -> {
                unresolved++;
                lookups.incrementAndGet(entry.asker);
            }
            case NeighborState.FAILED -> {
                unresolved++;
                failed.addLast(entry);
            }
            case NeighborState.STATIC -> statics++;
            default -> {}
        }
    }

    private void leave(final NeighborEntry entry) {
        if (entry.state == NeighborState.INCOMPLETE) {
            unresolved--;
            lookups.decrementAndGet(entry.asker);
        } else if (entry.state == NeighborState.FAILED) {
            unresolved--;
            failed.remove(entry);
        }
    }

    void unasked(final NeighborEntry entry, final boolean is) {
        unasked += (is ? 1 : 0) - (entry.unasked ? 1 : 0);
        entry.unasked = is;
    }

    /** Another host asks for an address whose lookup waits: the one with fewer open lookups gets it. */
    boolean isTakenOver(final NeighborEntry lookup, final int asker) {
        if (!lookup.delayed || lookups.get(asker) >= lookups.get(lookup.asker)) {
            return false;
        }
        lookups.decrementAndGet(lookup.asker);
        lookup.asker = asker;
        lookups.incrementAndGet(asker);
        return true;
    }

    // ---- deadlines and questions

    /** The entry to look at next, or null when none is due at {@code nowMs}. */
    NeighborEntry due(final long nowMs) {
        final NeighborEntry first = deadlines.first();
        return first == null || first.dueMs > nowMs ? null : first;
    }

    void schedule(final NeighborEntry entry, final long dueMs) {
        deadlines.schedule(entry, dueMs);
    }

    /** Not later than it is due already. */
    void scheduleBy(final NeighborEntry entry, final long dueMs) {
        schedule(entry, entry.heapIndex < 0 ? dueMs : Math.min(dueMs, entry.dueMs));
    }

    void unschedule(final NeighborEntry entry) {
        deadlines.remove(entry);
    }

    /**
     * Opens a question, and sends its first request.
     *
     * @param tries how many requests it is worth
     * @param askedMac {@link org.portolan.dataplane.wire.Ethernet#BROADCAST}, or the one MAC that is asked
     * @param alsoAskedMac asked beside it each time; 0 for nobody
     * @param paceMs between two of them
     * @param kind of {@link RequestRate}
     */
    void open(
            final NeighborEntry entry,
            final int tries,
            final long askedMac,
            final long alsoAskedMac,
            final long paceMs,
            final int kind,
            final long nowMs) {
        entry.tries = 0;
        entry.triesAllowed = tries;
        entry.askedMac = askedMac;
        entry.alsoAskedMac = alsoAskedMac;
        entry.paceMs = paceMs;
        entry.delayed = false;
        ask(entry, kind, nowMs);
    }

    /** Sends one more request of the open question, or puts it off; only a sent one is a try. */
    void ask(final NeighborEntry entry, final int kind, final long nowMs) {
        final int frames = entry.alsoAskedMac == 0 ? 1 : 2;
        if (isPutOff(entry, kind, frames, nowMs)) {
            return;
        }
        entry.tries++;
        schedule(entry, nowMs + entry.paceMs);
        if (entry.alsoAskedMac != 0) {
            send(entry, entry.alsoAskedMac, kind);
        }
        send(entry, entry.askedMac, kind);
    }

    /** Asks one MAC beside the open question, when the rate lets it. */
    void askBeside(final NeighborEntry entry, final long mac, final long nowMs) {
        if (rate.isAllowed(RequestRate.LOOKUP, entry.asker, 1, nowMs)) {
            send(entry, mac, RequestRate.LOOKUP);
        }
    }

    private void send(final NeighborEntry entry, final long destinationMac, final int kind) {
        rate.onSent(kind, entry.asker, 1);
        count(NeighborCounter.REQUESTS_SENT, 1);
        actions.sendRequest(entry.address, destinationMac);
    }

    /** Whether the interface has sent its share of this second, so that the entry is looked at again in the next. */
    boolean isPutOff(final NeighborEntry entry, final int kind, final int frames, final long nowMs) {
        if (rate.isAllowed(kind, entry.asker, frames, nowMs)) {
            entry.delayed = false;
            return false;
        }
        if (!entry.delayed) {
            entry.delayed = true;
            count(NeighborCounter.REQUESTS_DELAYED, 1);
        }
        schedule(entry, rate.nextMs());
        return true;
    }

    // ---- counters

    void count(final NeighborCounter counter, final long more) {
        counts[counter.ordinal()] += more;
    }

    long counted(final NeighborCounter counter) {
        return counts[counter.ordinal()];
    }
}
