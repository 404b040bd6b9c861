package org.portolan.dataplane.neighbor;

import org.portolan.dataplane.wire.Arp;

/**
 * Address resolution on one interface (RFC 826, RFC 1122 2.3.2, RFC 5227) as a pure state machine: {@link #query},
 * {@link #input} and {@link #tick} come in with the time, {@link NeighborActions} go out. It reads no clock, sends no
 * frame and starts no thread. States and steps are the table at {@link NeighborState}; the package's chapter says why
 * they are so. What comes in from the wire is {@link NeighborHearing}'s, what is ordered {@link NeighborOrders}', what
 * time does {@link NeighborAging}'s, what other MACs claim {@link NeighborClaims}', what answers mean {@link
 * NeighborLife}'s.
 *
 * <p>Control thread only. {@code nowMs} is the boot clock that the workers' use marks are made by, and never goes back.
 */
public final class NeighborMachine {
    /** Takes one row of {@link #snapshot}. */
    public interface RowConsumer {
        /**
         * @param mac 0 while there is none
         * @param state one of {@link NeighborState}
         * @param ageMs since the neighbor last answered, or since the entry took its state when it never did
         * @param lastUsedS boot-clock second of the last use, or {@link NeighborUse#NEVER}
         * @param contestedMac another MAC that answered for the address in the last ten minutes, 0 when none did
         */
        void row(int address, long mac, int state, long ageMs, int lastUsedS, long contestedMac);
    }

    /** What became of {@link #addStatic}. */
    public enum Pinned {
        DONE,

        /** The same binding is static already: nothing changed. */
        ALREADY,

        /** The table has no room: nothing changed. */
        FULL
    }

    private final OwnAddresses own;
    private final NeighborActions actions;
    private final UseOracle use;
    private final NeighborEntries entries;
    private final NeighborLife life;
    private final NeighborAging aging;
    private final NeighborHearing hearing;
    private final NeighborOrders orders;

    /**
     * @param ownAddress the interface's address
     * @param prefixLength of its connected subnet, 1 to 32
     */
    public NeighborMachine(
            final long ownMac,
            final int ownAddress,
            final int prefixLength,
            final NeighborSettings settings,
            final NeighborActions actions,
            final UseOracle use) {
        final NeighborTimers timers = settings.timers();
        this.own = new OwnAddresses(ownMac, ownAddress, prefixLength);
        this.actions = actions;
        this.use = use;
        this.entries = new NeighborEntries(settings.limits(), actions);
        this.life = new NeighborLife(timers, actions, use, entries);
        final NeighborClaims claims = new NeighborClaims(timers, settings.contested(), actions, entries, life);
        this.aging = new NeighborAging(timers, actions, entries, life, claims);
        this.hearing = new NeighborHearing(own, timers, actions, entries, life, claims);
        this.orders = new NeighborOrders(own, timers, actions, entries, life, claims);
    }

    // ---- what comes in

    /**
     * A worker has a frame for an address that the table has no MAC for, or none that it may use yet.
     *
     * @param asker source address of the frame: lookups are dealt fairly among the askers
     */
    public void query(final int address, final int asker, final long nowMs) {
        if (!own.canBeNeighbor(address)) {
            entries.count(NeighborCounter.QUERIES_INVALID, 1);
            return;
        }
        life.lookUp(address, asker, nowMs);
    }

    /**
     * An ARP packet came in that {@link Arp#check} found whole.
     *
     * @param targetMac not looked at: RFC 826 leaves it open in a request, and a reply is told by the addresses
     * @param ethernetSource the frame's source: another than the sender's where an address has a virtual MAC (RFC 5798
     *     8.1.2), so that nothing is told by it but our own frames
     */
    public void input(
            final int operation,
            final long senderMac,
            final int senderAddress,
            final long targetMac,
            final int targetAddress,
            final long ethernetSource,
            final long nowMs) {
        hearing.input(operation, senderMac, senderAddress, targetAddress, ethernetSource, nowMs);
    }

    /** Time went on. Called some ten times a second; costs nothing when nothing is due. */
    public void tick(final long nowMs) {
        entries.count(NeighborCounter.ANNOUNCEMENTS_SENT, own.tick(nowMs, actions));
        aging.tick(nowMs);
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
        orders.linkUp(ownMac, nowMs);
    }

    /** Replaces the addresses that are answered for besides the interface's own: pool, forwards. Announce after it. */
    public void proxy(final int... addresses) {
        orders.proxy(addresses);
    }

    /**
     * Binds an address to a MAC for good.
     *
     * @throws IllegalArgumentException when no neighbor can have that address or that MAC
     */
    public Pinned addStatic(final int address, final long mac, final NeighborReason reason, final long nowMs) {
        return orders.addStatic(address, mac, reason, nowMs);
    }

    /** @return false when there is no static entry of that address */
    public boolean removeStatic(final int address, final NeighborReason reason) {
        return orders.removeStatic(address, reason);
    }

    /** Forgets an address that is not static. @return false when there is none */
    public boolean flush(final int address, final NeighborReason reason) {
        return orders.flush(address, reason);
    }

    /** Forgets all addresses that are not static. @return how many had a MAC or a question open */
    public int flush(final NeighborReason reason) {
        return orders.flush(reason);
    }

    // ---- what memory and other routers say

    /**
     * Puts back what the history remembers, unconfirmed: no frame is sent to it before it answers. It is asked by
     * unicast as soon as the rate of requests lets it, and beside it everybody as soon as a worker has a frame for it;
     * the first answer counts. What the wire has taught already stands.
     *
     * @return false when it was not taken: known already, no room, or no host of the subnet
     */
    public boolean restore(final int address, final long mac, final long nowMs) {
        return orders.restore(address, mac, nowMs);
    }

    /**
     * Another router says that the address has this MAC. An address of which nothing is known is taken as by {@link
     * #restore}; another MAC than the one held is a claim, so the held one is asked first. What is static, failed or
     * being asked for stands.
     *
     * @return whether anything came of it
     */
    public boolean suggest(final int address, final long mac, final long nowMs) {
        return orders.suggest(address, mac, nowMs);
    }

    /**
     * Another router says that the address is gone: the MAC that is held is probed as soon as the rate of requests lets
     * it.
     *
     * @return false when there is none that could be, or it is being asked already
     */
    public boolean recheck(final int address, final long nowMs) {
        return orders.recheck(address, nowMs);
    }

    // ---- what can be seen

    /** All entries, in the order of their addresses. */
    public void snapshot(final long nowMs, final RowConsumer rows) {
        for (final NeighborEntry entry : entries.sorted()) {
            final long from = entry.confirmedMs != 0 ? entry.confirmedMs : entry.sinceMs;
            rows.row(
                    entry.address,
                    entry.mac,
                    entry.state,
                    nowMs - from,
                    use.lastUsedS(entry.address),
                    entry.contestedMac(nowMs));
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

    /** How many of them are static. */
    public int statics() {
        return entries.statics();
    }

    /** How often something happened since the machine was made. */
    public long counted(final NeighborCounter counter) {
        return entries.counted(counter);
    }
}
