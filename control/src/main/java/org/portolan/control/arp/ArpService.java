package org.portolan.control.arp;

import java.util.function.Supplier;
import org.portolan.control.log.Log;
import org.portolan.dataplane.command.InjectProxy;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.neighbor.ArpFrames;
import org.portolan.dataplane.neighbor.Contested;
import org.portolan.dataplane.neighbor.NeighborActions;
import org.portolan.dataplane.neighbor.NeighborChange;
import org.portolan.dataplane.neighbor.NeighborCounter;
import org.portolan.dataplane.neighbor.NeighborMachine;
import org.portolan.dataplane.neighbor.NeighborReason;
import org.portolan.dataplane.neighbor.NeighborSettings;
import org.portolan.dataplane.neighbor.NeighborTable;
import org.portolan.dataplane.neighbor.UseOracle;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/** ARP on one interface. Control's thread only. */
public final class ArpService implements NeighborActions, AutoCloseable {
    private final String name;
    private final int port;
    private final int ownAddress;
    private final NeighborTable table;
    private final InjectProxy inject;
    private final NeighborListener listener;
    private final Log log;
    private final Slab buffer = Slab.allocate(ArpFrames.FRAME_BYTES, "an ARP frame");
    private final NeighborSettings settings;
    private final NeighborMachine machine;
    private long ownMac;
    /** Who asked for what is being changed now; "" when it is the wire or the time. */
    private String by = "";

    /**
     * @param name the interface's, for the log
     * @param port its index among the workers' ports
     * @param proxied addresses besides its own that are answered for
     * @param settings how long neighbors are trusted, how many are kept, who wins a contested address
     * @param listener hears of every change
     */
    public ArpService(
            final String name,
            final int port,
            final long ownMac,
            final int ownAddress,
            final int prefixLength,
            final int[] proxied,
            final NeighborSettings settings,
            final NeighborTable table,
            final UseOracle use,
            final InjectProxy inject,
            final NeighborListener listener,
            final Log log) {
        this.name = name;
        this.port = port;
        this.ownMac = ownMac;
        this.ownAddress = ownAddress;
        this.table = table;
        this.inject = inject;
        this.listener = listener;
        this.log = log;
        this.settings = settings;
        machine = new NeighborMachine(ownMac, ownAddress, prefixLength, settings, this, use);
        machine.proxy(proxied);
    }

    /** Announces the addresses: the interface is up. */
    public void start(final long nowMs) {
        machine.start(nowMs);
    }

    /**
     * A worker has a frame for this address.
     *
     * @param asker the frame's source address
     */
    public void query(final int address, final int asker, final long nowMs) {
        machine.query(address, asker, nowMs);
    }

    /** @param frame address of an Ethernet header; what follows was checked by the worker, and is checked again */
    public void input(final long frame, final int length, final long nowMs) {
        ArpFrames.input(machine, frame, length, nowMs);
    }

    public void tick(final long nowMs) {
        machine.tick(nowMs);
    }

    /** The device came back; one that was made again starts with an empty table. */
    public void linkUp(final long mac, final boolean anew, final long nowMs) {
        ownMac = mac;
        if (anew) {
            machine.flush(NeighborReason.NEW_DEVICE);
        }
        machine.linkUp(mac, nowMs);
    }

    // ---- what is asked for

    /**
     * Binds an address to a MAC for good.
     *
     * @param asker of {@link NeighborListener}
     * @throws IllegalArgumentException when no neighbor can have that address or that MAC
     */
    public NeighborMachine.Pinned pin(
            final int address, final long mac, final NeighborReason reason, final String asker, final long nowMs) {
        return as(asker, () -> machine.addStatic(address, mac, reason, nowMs));
    }

    /** @return false when the address is not static */
    public boolean unpin(final int address, final NeighborReason reason, final String asker) {
        return as(asker, () -> machine.removeStatic(address, reason));
    }

    /**
     * Forgets one that is not static.
     *
     * @param reason OPERATOR, or PEER when another router's operator flushed it
     * @return false when there is none
     */
    public boolean flush(final int address, final NeighborReason reason, final String asker) {
        return as(asker, () -> machine.flush(address, reason));
    }

    /** Forgets all that are not static; how many. */
    public int flush(final NeighborReason reason, final String asker) {
        return as(asker, () -> machine.flush(reason));
    }

    private <T> T as(final String asker, final Supplier<T> change) {
        by = asker;
        try {
            return change.get();
        } finally {
            by = "";
        }
    }

    // ---- what memory and other routers say

    /** See {@link NeighborMachine#restore}. */
    public boolean restore(final int address, final long mac, final long nowMs) {
        return machine.restore(address, mac, nowMs);
    }

    /** See {@link NeighborMachine#suggest}. */
    public boolean suggest(final int address, final long mac, final long nowMs) {
        return machine.suggest(address, mac, nowMs);
    }

    /** See {@link NeighborMachine#recheck}. */
    public boolean recheck(final int address, final long nowMs) {
        return machine.recheck(address, nowMs);
    }

    // ---- what can be seen

    public void snapshot(final long nowMs, final NeighborMachine.RowConsumer rows) {
        machine.snapshot(nowMs, rows);
    }

    /** One of {@link org.portolan.dataplane.neighbor.NeighborState}. */
    public int state(final int address) {
        return machine.state(address);
    }

    /** How many neighbors are known or asked for. */
    public int size() {
        return machine.size();
    }

    /** How many of them are static. */
    public int statics() {
        return machine.statics();
    }

    public long counted(final NeighborCounter counter) {
        return machine.counted(counter);
    }

    // ---- what the machine wants done

    @Override
    public void sendRequest(final int targetAddress, final long destinationMac) {
        send(ArpFrames.putRequest(buffer.address(), ownMac, ownAddress, targetAddress, destinationMac));
    }

    @Override
    public void sendReply(final long requesterMac, final int requesterAddress, final int answeredAddress) {
        send(ArpFrames.putReply(buffer.address(), ownMac, answeredAddress, requesterMac, requesterAddress));
    }

    @Override
    public void sendAnnouncement(final int address) {
        send(ArpFrames.putAnnouncement(buffer.address(), ownMac, address));
    }

    /** A full ring loses the frame: ARP asks again. */
    private void send(final int length) {
        inject.frame(port, buffer.address(), length);
    }

    @Override
    public boolean publish(final int address, final long mac, final int state) {
        return table.publish(address, mac, state);
    }

    @Override
    public void clear(final int address) {
        table.clear(address);
    }

    @Override
    public void conflict(final int address, final long mac) {
        log.warn(
                "%s: %s claims %s, which is this router's: two hosts with one address",
                name, Ethernet.describeMac(mac), Ipv4.describeAddress(address));
    }

    @Override
    public void disputed(final int address, final long mac, final long otherMac, final boolean both) {
        final String text = Ipv4.describeAddress(address);
        if (!both) {
            log.warn(
                    "%s: %s claims %s, but %s still answers for it and keeps it. Two hosts use one address, or someone"
                            + " forges ARP",
                    name, Ethernet.describeMac(otherMac), text, Ethernet.describeMac(mac));
            return;
        }
        log.warn(
                "%s: %s and %s both answer for %s; %s gets its packets (arp.contested = \"%s\"). Find the second host,"
                        + " or decide it: portolan arp add %s MAC",
                name,
                Ethernet.describeMac(mac),
                Ethernet.describeMac(otherMac),
                text,
                Ethernet.describeMac(mac),
                settings.contested() == Contested.HELD ? "held" : "newest",
                text);
    }

    @Override
    public void refused(final int address, final long mac, final long otherMac) {
        final String text = Ipv4.describeAddress(address);
        log.warn(
                "%s: %s claims %s, which is static with %s and stays so. If the host has a new MAC: portolan arp add %s"
                        + " MAC",
                name, Ethernet.describeMac(otherMac), text, Ethernet.describeMac(mac), text);
    }

    @Override
    public void limited(final NeighborCounter limit, final int address, final int asker) {
        final String text = Ipv4.describeAddress(address);
        final String by = Ipv4.describeAddress(asker);
        switch (limit) {
            case LIMITED_ASKERS ->
                log.warn(
                        "%s: %s has used its share of the %,d open ARP lookups, so %s is not looked up. Is that host"
                                + " scanning the subnet?",
                        name, by, settings.limits().unresolved(), text);
            case LIMITED_LOOKUPS ->
                log.warn(
                        "%s: all %,d ARP lookups are in use; %s, which %s needs, is not looked up",
                        name, settings.limits().unresolved(), text, by);
            case LIMITED_UNASKED ->
                log.warn(
                        "%s: %,d hosts that sent ARP requests are still unconfirmed, so %s is not learned. Is someone"
                                + " forging requests?",
                        name, settings.limits().unasked(), text);
            default ->
                log.warn(
                        "%s: the neighbor table is full, %,d of %,d entries; %s is not taken: portolan arp flush"
                                + " --interface %s makes room",
                        name, machine.size(), settings.limits().entries(), text, name);
        }
    }

    /** A listener that fails must not leave the machine in the middle of a step. */
    @Override
    public void changed(
            final NeighborChange kind,
            final NeighborReason reason,
            final int address,
            final long macOld,
            final long mac) {
        try {
            listener.changed(port, kind, reason, address, macOld, mac, by);
        } catch (final RuntimeException e) {
            log.failure(name + ": telling a neighbor's change", e);
        }
    }

    @Override
    public void close() {
        buffer.close();
    }
}
