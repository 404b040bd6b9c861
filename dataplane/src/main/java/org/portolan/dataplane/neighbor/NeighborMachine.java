package org.portolan.dataplane.neighbor;

import org.portolan.dataplane.wire.Arp;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/**
 * Address resolution on one interface (RFC 826, RFC 1122 2.3.2, RFC 5227) as a pure state machine: {@link #query},
 * {@link #input} and {@link #tick} come in with the time, {@link Actions} go out. It reads no clock, sends no frame and
 * starts no thread. States and steps are the table at {@link NeighborState}; the package's chapter says why they are
 * so.
 *
 * <p>Control thread only. {@code nowMs} is the boot clock that the workers' use marks are made by, and never goes back.
 */
public final class NeighborMachine {
    /**
     * What the machine wants done. Called on the caller's thread from inside query, input and tick; must not call back.
     */
    public interface Actions {
        /** @param destinationMac {@link Ethernet#BROADCAST}, or the neighbor's own for a probe */
        void sendRequest(int targetAddress, long destinationMac);

        /** @param requesterAddress 0 when the requester has none yet (RFC 5227 2.1.1) */
        void sendReply(long requesterMac, int requesterAddress, int ownAddress);

        /** A broadcast request in which sender and target are {@code address} (RFC 5227 2.3). */
        void sendAnnouncement(int address);

        /**
         * {@link NeighborTable#publish}; {@code mac} is 0 for incomplete and failed.
         *
         * @return false when there is no room
         */
        boolean publish(int address, long mac, int state);

        /** {@link NeighborTable#clear}. */
        void clear(int address);

        /**
         * A host with {@code mac} claims {@code address}, which is ours. Reported at most once in 10 s for an address.
         */
        void conflict(int address, long mac);

        /**
         * @param macOld what it was, 0 for nothing
         * @param mac what it is, 0 for nothing; for DISPUTED the refused claim
         */
        void changed(NeighborChange kind, int address, long macOld, long mac);
    }

    /** Who knows what the workers send to. */
    public interface UseOracle {
        /**
         * Boot-clock second in which a frame was last sent to the address, 0 for never. See {@link NeighborUse#oracle}.
         */
        int lastUsedS(int address);
    }

    /** Takes one row of {@link #snapshot}. */
    public interface RowConsumer {
        /**
         * @param mac 0 while there is none
         * @param state one of {@link NeighborState}
         * @param ageMs since the neighbor last answered, or since the entry took its state when it never did
         * @param lastUsedS boot-clock second of the last use, 0 for never
         */
        void row(int address, long mac, int state, long ageMs, int lastUsedS);
    }

    /**
     * A held MAC that is disputed is asked twice before the address is asked for anew: one lost frame must not open the
     * door.
     */
    private static final int CLAIM_TRIES = 2;

    private final OwnAddresses own;
    private final NeighborTimers timers;
    private final Actions actions;
    private final UseOracle use;
    private final NeighborEntries entries;

    /**
     * @param ownAddress the interface's address
     * @param prefixLength of its connected subnet, 1 to 32
     */
    public NeighborMachine(
            final long ownMac,
            final int ownAddress,
            final int prefixLength,
            final NeighborTimers timers,
            final NeighborLimits limits,
            final Actions actions,
            final UseOracle use) {
        this.own = new OwnAddresses(ownMac, ownAddress, prefixLength);
        this.timers = timers;
        this.actions = actions;
        this.use = use;
        this.entries = new NeighborEntries(timers, limits, actions);
    }

    // ---- what comes in

    /** A worker has a frame for an address that the table knows nothing of. */
    public void query(final int address, final long nowMs) {
        if (!own.canBeNeighbor(address)) {
            count(NeighborCounter.QUERIES_INVALID);
            return;
        }
        if (entries.of(address) != null) {
            return;
        }
        if (!entries.isLookupAllowed()) {
            count(NeighborCounter.LIMITED_LOOKUPS);
            return;
        }
        final NeighborEntry entry = entries.admit(address, 0, NeighborState.INCOMPLETE, nowMs);
        if (entry != null) {
            entries.open(entry, timers.tries(), Ethernet.BROADCAST, nowMs);
        }
    }

    /**
     * An ARP packet came in that {@link Arp#check} found whole.
     *
     * @param targetMac not looked at: RFC 826 leaves it open in a request, and a reply is told by the addresses
     * @param ethernetSource the frame's source, which must be the sender's
     */
    public void input(
            final int operation,
            final long senderMac,
            final int senderAddress,
            final long targetMac,
            final int targetAddress,
            final long ethernetSource,
            final long nowMs) {
        if (ethernetSource != senderMac) {
            count(NeighborCounter.IGNORED_SPOOFED);
        } else if (senderMac == own.mac()) {
            count(NeighborCounter.IGNORED_OWN);
        } else if (own.isOurs(senderAddress) && OwnAddresses.isHostMac(senderMac)) {
            onConflict(senderAddress, senderMac, nowMs);
        } else if (!isSender(operation, senderMac, senderAddress)) {
            count(NeighborCounter.IGNORED_INVALID);
        } else if (operation == Arp.REQUEST) {
            onRequest(senderMac, senderAddress, targetAddress, nowMs);
        } else {
            onReply(senderMac, senderAddress, targetAddress, nowMs);
        }
    }

    /** Address 0 is a host that probes before it takes an address (RFC 5227 2.1.1), and only asks. */
    private boolean isSender(final int operation, final long mac, final int address) {
        return OwnAddresses.isHostMac(mac)
                && (address == 0 && operation == Arp.REQUEST || address != 0 && own.canBeNeighbor(address));
    }

    /** Time went on. Called some ten times a second; costs nothing when nothing is due. */
    public void tick(final long nowMs) {
        entries.count(NeighborCounter.ANNOUNCEMENTS_SENT, own.tick(nowMs, actions));
        NeighborEntry entry = entries.due(nowMs);
        while (entry != null) {
            onDue(entry, nowMs);
            entry = entries.due(nowMs);
        }
    }

    // ---- what the operator and the interface say

    /** The interface is up: its addresses are announced from the next tick on, twice, 2 s apart (RFC 5227 2.3). */
    public void start(final long nowMs) {
        announce(nowMs);
    }

    /** Announces again, after a change of addresses or on demand. */
    public void announce(final long nowMs) {
        own.announce(nowMs);
    }

    /**
     * The device came back, perhaps with another MAC: others may have changed too, so all that is used is asked again.
     */
    public void linkUp(final long ownMac, final long nowMs) {
        own.mac(ownMac);
        own.announce(nowMs);
        for (final NeighborEntry entry : entries.sorted()) {
            if (entry.state == NeighborState.REACHABLE) {
                entries.enter(entry, NeighborState.STALE, nowMs);
                entries.schedule(entry, nowMs + timers.useCheckMs());
            }
        }
    }

    /** Replaces the addresses that are answered for besides the interface's own: pool, forwards. Announce after it. */
    public void proxy(final int... addresses) {
        own.proxied(addresses);
        for (final int address : addresses) {
            final NeighborEntry entry = entries.of(address);
            if (entry != null) {
                discard(entry, NeighborChange.FLUSHED);
            }
        }
    }

    /**
     * Binds an address to a MAC for good.
     *
     * @return false when the table is full
     * @throws IllegalArgumentException when no neighbor can have that address or that MAC
     */
    public boolean addStatic(final int address, final long mac, final long nowMs) {
        requireBinding(address, mac);
        NeighborEntry entry = entries.of(address);
        final long macOld = entry == null ? 0 : entry.mac;
        if (entry == null) {
            entry = entries.admit(address, mac, NeighborState.STATIC, nowMs);
            if (entry == null) {
                return false;
            }
        } else if (entry.state == NeighborState.STATIC) {
            if (macOld == mac) {
                return true;
            }
            entry.mac = mac;
            actions.publish(address, mac, NeighborState.STATIC);
        } else {
            entry.mac = mac;
            entry.claimedMac = 0;
            entries.enter(entry, NeighborState.STATIC, nowMs);
            entries.unschedule(entry);
        }
        actions.changed(NeighborChange.STATIC_ADDED, address, macOld, mac);
        return true;
    }

    /** @return false when there is no static entry of that address */
    public boolean removeStatic(final int address) {
        final NeighborEntry entry = entries.of(address);
        if (entry == null || entry.state != NeighborState.STATIC) {
            return false;
        }
        discard(entry, NeighborChange.STATIC_REMOVED);
        return true;
    }

    /**
     * Puts back what the history remembers: stale, and probed at the next tick. What the wire has taught already
     * stands.
     *
     * @return false when it was not taken: known already, no room, or nothing that a neighbor can have
     */
    public boolean restore(final int address, final long mac, final long nowMs) {
        if (!isBinding(address, mac) || entries.of(address) != null) {
            return false;
        }
        final NeighborEntry entry = entries.admit(address, mac, NeighborState.STALE, nowMs);
        if (entry == null) {
            return false;
        }
        entry.restored = true;
        entries.schedule(entry, nowMs);
        return true;
    }

    /** Forgets an address that is not static. @return false when there is none */
    public boolean flush(final int address) {
        final NeighborEntry entry = entries.of(address);
        if (entry == null || entry.state == NeighborState.STATIC) {
            return false;
        }
        discard(entry, NeighborChange.FLUSHED);
        return true;
    }

    /** Forgets all addresses that are not static. @return how many had a MAC or a question open */
    public int flush() {
        int flushed = 0;
        for (final NeighborEntry entry : entries.sorted()) {
            flushed += flush(entry.address) ? 1 : 0;
        }
        return flushed;
    }

    private boolean isBinding(final int address, final long mac) {
        return own.canBeNeighbor(address) && OwnAddresses.isHostMac(mac) && mac != own.mac();
    }

    private void requireBinding(final int address, final long mac) {
        if (!own.canBeNeighbor(address)) {
            throw new IllegalArgumentException(
                    "%s is no address of a neighbor here".formatted(Ipv4.describeAddress(address)));
        }
        if (!isBinding(address, mac)) {
            throw new IllegalArgumentException("%s is no MAC of a neighbor".formatted(Ethernet.describeMac(mac)));
        }
    }

    // ---- frames

    private void onConflict(final int address, final long mac, final long nowMs) {
        count(NeighborCounter.CONFLICTS);
        if (own.defend(address, nowMs, actions)) {
            count(NeighborCounter.ANNOUNCEMENTS_SENT);
            actions.conflict(address, mac);
        }
    }

    private void onRequest(final long mac, final int sender, final int target, final long nowMs) {
        final NeighborEntry entry = sender == 0 ? null : entries.of(sender);
        if (!own.isOurs(target)) {
            count(NeighborCounter.OVERHEARD);
            if (entry != null) {
                onHeard(entry, mac, nowMs);
            }
            return;
        }
        count(NeighborCounter.REPLIES_SENT);
        actions.sendReply(mac, sender, target);
        if (entry != null) {
            onAskedBy(entry, mac, nowMs);
        } else if (sender != 0 && !own.isSubnetHost(sender)) {
            count(NeighborCounter.IGNORED_OFF_SUBNET);
        } else if (sender != 0 && isUnaskedAllowed()) {
            final NeighborEntry made = entries.admit(sender, mac, NeighborState.STALE, nowMs);
            if (made != null) {
                entries.unasked(made, true);
                afterUnasked(made, nowMs);
            }
        }
    }

    /**
     * RFC 826 would take any sender's word. Here a request to us answers our open question, and fills only what is
     * empty.
     */
    private void onAskedBy(final NeighborEntry entry, final long mac, final long nowMs) {
        if (entry.state == NeighborState.INCOMPLETE) {
            onAnswer(entry, mac, nowMs);
        } else if (entry.state == NeighborState.FAILED) {
            if (isUnaskedAllowed()) {
                entry.mac = mac;
                entries.enter(entry, NeighborState.STALE, nowMs);
                entries.unasked(entry, true);
                afterUnasked(entry, nowMs);
            }
        } else {
            onHeard(entry, mac, nowMs);
        }
    }

    private boolean isUnaskedAllowed() {
        if (entries.isUnaskedAllowed()) {
            return true;
        }
        count(NeighborCounter.LIMITED_UNASKED);
        return false;
    }

    private void afterUnasked(final NeighborEntry entry, final long nowMs) {
        entry.heardMs = nowMs;
        entries.schedule(entry, nowMs + timers.useCheckMs());
        actions.changed(NeighborChange.LEARNED, entry.address, 0, entry.mac);
    }

    private void onReply(final long mac, final int sender, final int target, final long nowMs) {
        final NeighborEntry entry = entries.of(sender);
        final boolean asked = entry != null
                && own.isOurs(target)
                && (entry.state == NeighborState.INCOMPLETE
                        || entry.state == NeighborState.PROBING && entry.mac == mac);
        if (asked) {
            onAnswer(entry, mac, nowMs);
            return;
        }
        count(NeighborCounter.IGNORED_UNSOLICITED);
        if (entry != null) {
            onHeard(entry, mac, nowMs);
        }
    }

    /** Something told a binding that nobody asked for: a sign of life of the held MAC, or a claim against it. */
    private void onHeard(final NeighborEntry entry, final long mac, final long nowMs) {
        if (entry.isUnresolved() || entry.state == NeighborState.STATIC) {
            return;
        }
        if (entry.mac == mac) {
            entry.heardMs = nowMs;
            return;
        }
        if (nowMs < entry.claimHoldUntilMs) {
            count(NeighborCounter.LIMITED_CLAIMS);
            return;
        }
        entry.claimHoldUntilMs = nowMs + timers.claimHoldMs();
        entry.claimedMac = mac;
        if (entry.state != NeighborState.PROBING) {
            probe(entry, true, CLAIM_TRIES, nowMs);
        }
    }

    private void onAnswer(final NeighborEntry entry, final long mac, final long nowMs) {
        if (entry.state == NeighborState.INCOMPLETE) {
            count(NeighborCounter.RESOLVED);
        }
        final long macOld = entry.mac;
        final long claimed = entry.claimedMac;
        entry.mac = mac;
        entry.claimedMac = 0;
        entry.confirmedMs = nowMs;
        entry.heardMs = nowMs;
        entries.enter(entry, NeighborState.REACHABLE, nowMs);
        entries.schedule(entry, nowMs + timers.reachableMs());
        if (macOld == 0) {
            actions.changed(NeighborChange.LEARNED, entry.address, 0, mac);
        } else if (macOld != mac) {
            count(NeighborCounter.MOVED);
            actions.changed(NeighborChange.MOVED, entry.address, macOld, mac);
        } else {
            actions.changed(NeighborChange.REFRESHED, entry.address, mac, mac);
            if (claimed != 0) {
                count(NeighborCounter.DISPUTED);
                actions.changed(NeighborChange.DISPUTED, entry.address, mac, claimed);
            }
        }
    }

    // ---- time

    /** Each case leaves the entry gone or due later than now. */
    private void onDue(final NeighborEntry entry, final long nowMs) {
        switch (entry.state) {
            case NeighborState.INCOMPLETE -> {
                if (entry.tries < entry.triesAllowed) {
                    entries.ask(entry, Ethernet.BROADCAST, nowMs);
                } else {
                    giveUp(entry, nowMs);
                }
            }
            case NeighborState.REACHABLE -> {
                entries.enter(entry, NeighborState.STALE, nowMs);
                entries.schedule(entry, nowMs + timers.useCheckMs());
            }
            case NeighborState.STALE -> onStaleDue(entry, nowMs);
            case NeighborState.PROBING -> {
                if (entry.tries < entry.triesAllowed) {
                    entries.ask(entry, entry.mac, nowMs);
                } else {
                    onSilent(entry, nowMs);
                }
            }
            case NeighborState.FAILED -> entries.remove(entry);
            default -> throw new IllegalStateException("no deadline in state " + NeighborState.name(entry.state));
        }
    }

    private void onStaleDue(final NeighborEntry entry, final long nowMs) {
        final long idleDueMs = Math.max(entry.sinceMs, entry.heardMs) + timers.staleIdleMs();
        if (isUsedSince(entry, entry.sinceMs)) {
            entry.idleRenewals = 0;
            probe(entry, true, timers.tries(), nowMs);
        } else if (entry.restored) {
            probe(entry, false, timers.tries(), nowMs);
        } else if (nowMs < idleDueMs) {
            entries.schedule(entry, Math.min(idleDueMs, nowMs + timers.useCheckMs()));
        } else if (entry.unasked || entry.idleRenewals >= timers.idleRenewals()) {
            expire(entry);
        } else {
            entry.idleRenewals++;
            probe(entry, false, timers.tries(), nowMs);
        }
    }

    private boolean isUsedSince(final NeighborEntry entry, final long sinceMs) {
        final int lastUsedS = use.lastUsedS(entry.address);
        return lastUsedS != 0 && lastUsedS >= sinceMs / 1000;
    }

    private void probe(final NeighborEntry entry, final boolean wanted, final int tries, final long nowMs) {
        entries.enter(entry, NeighborState.PROBING, nowMs);
        entry.wanted = wanted;
        entry.restored = false;
        actions.changed(NeighborChange.DUE, entry.address, entry.mac, entry.mac);
        entries.open(entry, tries, entry.mac, nowMs);
    }

    /**
     * The held MAC is silent. Who waits for the address asks everybody; frames wait too, rather than go to a dead MAC.
     */
    private void onSilent(final NeighborEntry entry, final long nowMs) {
        if (!entry.wanted && entry.claimedMac == 0 && !isUsedSince(entry, entry.sinceMs)) {
            expire(entry);
            return;
        }
        entry.claimedMac = 0;
        entries.enter(entry, NeighborState.INCOMPLETE, nowMs);
        entries.open(entry, timers.tries(), Ethernet.BROADCAST, nowMs);
    }

    private void giveUp(final NeighborEntry entry, final long nowMs) {
        count(NeighborCounter.FAILED);
        final long macOld = entry.mac;
        entry.mac = 0;
        entries.enter(entry, NeighborState.FAILED, nowMs);
        entries.schedule(entry, nowMs + timers.failedHoldMs());
        if (macOld != 0) {
            count(NeighborCounter.EXPIRED);
            actions.changed(NeighborChange.EXPIRED, entry.address, macOld, 0);
        }
    }

    private void expire(final NeighborEntry entry) {
        count(NeighborCounter.EXPIRED);
        discard(entry, NeighborChange.EXPIRED);
    }

    private void discard(final NeighborEntry entry, final NeighborChange kind) {
        entries.remove(entry);
        if (entry.mac != 0) {
            actions.changed(kind, entry.address, entry.mac, 0);
        }
    }

    // ---- what can be seen

    /** All entries, in the order of their addresses. */
    public void snapshot(final long nowMs, final RowConsumer rows) {
        for (final NeighborEntry entry : entries.sorted()) {
            final long from = entry.confirmedMs != 0 ? entry.confirmedMs : entry.sinceMs;
            rows.row(entry.address, entry.mac, entry.state, nowMs - from, use.lastUsedS(entry.address));
        }
    }

    /** State of an address, {@link NeighborState#NONE} when nothing is known. */
    public int state(final int address) {
        final NeighborEntry entry = entries.of(address);
        return entry == null ? NeighborState.NONE : entry.state;
    }

    /** How many entries there are. */
    public int size() {
        return entries.size();
    }

    /** How often something happened since the machine was made. */
    public long counted(final NeighborCounter counter) {
        return entries.counted(counter);
    }

    private void count(final NeighborCounter counter) {
        entries.count(counter, 1);
    }
}
