package org.portolan.dataplane.neighbor;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * The entries of one {@link NeighborMachine}: their room, their steps, their questions, their deadlines. Keeps the
 * purses of {@link NeighborLimits} and tells the workers of every step. Control only.
 */
final class NeighborEntries {
    private final NeighborTimers timers;
    private final NeighborLimits limits;
    private final NeighborMachine.Actions actions;
    private final long[] counts = new long[NeighborCounter.COUNT];
    private final Int2ObjectHashMap<NeighborEntry> entries = new Int2ObjectHashMap<>();
    private final DeadlineHeap deadlines = new DeadlineHeap();
    private final ArrayDeque<NeighborEntry> failed = new ArrayDeque<>();
    private final RequestRate rate;
    private int unresolved;
    private int unasked;
    private int statics;

    NeighborEntries(final NeighborTimers timers, final NeighborLimits limits, final NeighborMachine.Actions actions) {
        this.timers = timers;
        this.limits = limits;
        this.actions = actions;
        this.rate = new RequestRate(limits.requestsPerSecond());
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

    /** Makes an entry in its first state, or counts why not and returns null. */
    NeighborEntry admit(final int address, final long mac, final int state, final long nowMs) {
        final boolean room = entries.size() < limits.entries() || dropOldestFailed();
        if (!room || !actions.publish(address, mac, state)) {
            count(NeighborCounter.LIMITED_ENTRIES, 1);
            return null;
        }
        final NeighborEntry entry = new NeighborEntry(address);
        entry.mac = mac;
        entries.put(address, entry);
        step(entry, state, nowMs);
        return entry;
    }

    /** Whether one more address may be asked for; an absent host's entry goes for it if need be. */
    boolean isLookupAllowed() {
        return unresolved < limits.unresolved() || dropOldestFailed();
    }

    /** Whether one more host may be learned that nobody asked for. */
    boolean isUnaskedAllowed() {
        return unasked < limits.unasked();
    }

    /**
     * Whether one more may be taken from memory or from a peer: never so many that lookups lose their room.
     */
    boolean isHearsayAllowed() {
        return entries.size() - unresolved < limits.entries() - limits.unresolved();
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
        if (entry.state == NeighborState.FAILED) {
            failed.remove(entry);
        }
        unresolved -= entry.isUnresolved() ? 1 : 0;
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
        actions.publish(entry.address, entry.isUnresolved() ? 0 : entry.mac, state);
    }

    private void step(final NeighborEntry entry, final int state, final long nowMs) {
        assert NeighborState.isLegal(entry.state, state)
                : NeighborState.name(entry.state) + " to " + NeighborState.name(state);
        unresolved -= entry.isUnresolved() ? 1 : 0;
        if (entry.state == NeighborState.FAILED) {
            failed.remove(entry);
        }
        if (state == NeighborState.FAILED) {
            failed.addLast(entry);
        }
        if (state != NeighborState.PROBING) {
            unasked(entry, false);
        }
        statics += state == NeighborState.STATIC ? 1 : 0;
        entry.state = state;
        entry.sinceMs = nowMs;
        unresolved += entry.isUnresolved() ? 1 : 0;
    }

    void unasked(final NeighborEntry entry, final boolean is) {
        unasked += (is ? 1 : 0) - (entry.unasked ? 1 : 0);
        entry.unasked = is;
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

    void unschedule(final NeighborEntry entry) {
        deadlines.remove(entry);
    }

    /**
     * Opens a question that is worth {@code tries} requests, and sends the first.
     *
     * @param kind of {@link RequestRate}
     */
    void open(final NeighborEntry entry, final int tries, final long destinationMac, final int kind, final long nowMs) {
        entry.tries = 0;
        entry.triesAllowed = tries;
        entry.delayed = false;
        ask(entry, destinationMac, kind, nowMs);
    }

    /** Sends one request, or puts it off; only a sent one is a try. */
    void ask(final NeighborEntry entry, final long destinationMac, final int kind, final long nowMs) {
        if (isPutOff(entry, kind, nowMs)) {
            return;
        }
        rate.onSent(kind);
        entry.tries++;
        schedule(entry, nowMs + timers.retryMs());
        count(NeighborCounter.REQUESTS_SENT, 1);
        actions.sendRequest(entry.address, destinationMac);
    }

    /** Whether the interface has sent its share of this second, so that the entry is looked at again in the next. */
    boolean isPutOff(final NeighborEntry entry, final int kind, final long nowMs) {
        if (rate.isAllowed(kind, nowMs)) {
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
