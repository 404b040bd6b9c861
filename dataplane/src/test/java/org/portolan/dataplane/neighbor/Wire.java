package org.portolan.dataplane.neighbor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Arp;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/**
 * A wire with one router on it, for tests: whole frames in, whole frames out, a real table, and a clock that the test
 * turns. What the machine does is written down as text, in order.
 */
final class Wire implements NeighborActions, AutoCloseable {
    static final long OWN_MAC = 0x0200_0000_0001L;
    static final int OWN = 0xC0A80101;
    static final int HOST = OWN + 19;
    static final long HOST_MAC = 0x0250_2A16_6D14L;
    static final long OTHER_MAC = 0x0250_2A16_6D99L;

    /** Anything: some tests begin at 0. */
    static final long START_MS = 1_000_000;

    final NeighborTable table;
    final NeighborMachine machine;
    final List<String> frames = new ArrayList<>();
    final List<String> changes = new ArrayList<>();
    final List<String> conflicts = new ArrayList<>();
    final List<String> disputes = new ArrayList<>();
    final List<String> limited = new ArrayList<>();
    final Map<Integer, Integer> lastUsedS = new HashMap<>();
    long nowMs = START_MS;

    private final Set<Integer> due = new HashSet<>();
    private final Set<Integer> probed = new HashSet<>();
    private final List<Integer> asked = new ArrayList<>();
    private final int own;
    private final Slab slab = Slab.allocate(256, "test");
    private final long frame = slab.address();

    Wire() {
        this(NeighborLimits.defaults());
    }

    Wire(final NeighborLimits limits) {
        this(limits, OWN, 24);
    }

    Wire(final Contested contested) {
        this(new NeighborSettings(NeighborTimers.defaults(), NeighborLimits.defaults(), contested), OWN, 24);
    }

    Wire(final NeighborLimits limits, final int own, final int prefixLength) {
        this(new NeighborSettings(NeighborTimers.defaults(), limits, Contested.HELD), own, prefixLength);
    }

    private Wire(final NeighborSettings settings, final int own, final int prefixLength) {
        this.own = own;
        table = new NeighborTable(own, prefixLength, 8);
        machine = new NeighborMachine(OWN_MAC, own, prefixLength, settings, this, this::lastUsedS);
    }

    @Override
    public void close() {
        table.close();
        slab.close();
    }

    // ---- what others do

    void hears(
            final long source,
            final int operation,
            final long mac,
            final int sender,
            final long targetMac,
            final int target) {
        Memory.zero(frame, 60);
        Ethernet.putHeader(frame, Ethernet.BROADCAST, source, Ethernet.TYPE_ARP);
        Arp.put(frame + Ethernet.HEADER_BYTES, operation, mac, sender, targetMac, target);
        final int reason = ArpFrames.input(machine, frame, 60, nowMs);
        if (reason != 0) {
            throw new AssertionError("refused with code " + reason);
        }
    }

    /** A whole frame as it came, right or wrong: 0, or the code that it is refused with. */
    int hears(final byte[] bytes) {
        Memory.zero(frame, 60);
        Memory.copy(bytes, 0, frame, bytes.length);
        return ArpFrames.input(machine, frame, bytes.length, nowMs);
    }

    void hearsReply(final long mac, final int sender) {
        hears(mac, Arp.REPLY, mac, sender, OWN_MAC, own);
    }

    void hearsRequest(final long mac, final int sender, final int target) {
        hears(mac, Arp.REQUEST, mac, sender, 0, target);
    }

    private int lastUsedS(final int address) {
        return lastUsedS.getOrDefault(address, NeighborUse.NEVER);
    }

    /** A worker sends to an address, now. */
    void uses(final int address) {
        lastUsedS.put(address, (int) (nowMs / 1000));
    }

    /** A host of its own asks for each address, so that none has to share. */
    void query(final int address) {
        query(address, 0x0A00_0000 ^ address);
    }

    /** A worker has a frame of the asker's for an address. */
    void query(final int address, final int asker) {
        machine.query(address, asker, nowMs);
    }

    /** Lets time go on in steps of 100 ms. */
    void pass(final long ms) {
        final long endMs = nowMs + ms;
        while (nowMs < endMs) {
            nowMs = Math.min(nowMs + 100, endMs);
            machine.tick(nowMs);
        }
    }

    /** Lets time go on while a worker sends to an address all the time. */
    void passInUse(final long ms, final int address) {
        for (long passed = 0; passed < ms; passed += 100) {
            uses(address);
            pass(100);
        }
    }

    /** Brings HOST to reachable. */
    void resolveHost() {
        query(HOST);
        hearsReply(HOST_MAC, HOST);
        frames.clear();
        changes.clear();
    }

    // ---- what is seen

    /** State and MAC as the workers see them. */
    String seen(final int address) {
        final long word = table.lookup(address);
        final long mac = NeighborTable.mac(word);
        return NeighborState.name(NeighborTable.state(word)) + (mac == 0 ? "" : " " + Ethernet.describeMac(mac));
    }

    List<String> takeFrames() {
        final List<String> taken = List.copyOf(frames);
        frames.clear();
        return taken;
    }

    /** Whom requests were sent for; takes the frames too. */
    List<Integer> takeAsked() {
        final List<Integer> taken = List.copyOf(asked);
        asked.clear();
        frames.clear();
        return taken;
    }

    List<String> takeChanges() {
        final List<String> taken = List.copyOf(changes);
        changes.clear();
        return taken;
    }

    long counted(final NeighborCounter counter) {
        return machine.counted(counter);
    }

    // ---- what the machine does

    private void sent(final int length) {
        if (length != 60 || Arp.check(frame + Ethernet.HEADER_BYTES, length - Ethernet.HEADER_BYTES) != 0) {
            throw new AssertionError("malformed frame sent");
        }
        if (Ethernet.source(frame) != OWN_MAC || Arp.senderMac(frame + Ethernet.HEADER_BYTES) != OWN_MAC) {
            throw new AssertionError("sent under another's MAC");
        }
        final String to = Ethernet.describeMac(Ethernet.destination(frame));
        frames.add(to + " " + Arp.describe(frame + Ethernet.HEADER_BYTES));
    }

    @Override
    public void sendRequest(final int targetAddress, final long destinationMac) {
        if (destinationMac != Ethernet.BROADCAST) {
            probed.add(targetAddress);
        }
        asked.add(targetAddress);
        sent(ArpFrames.putRequest(frame, OWN_MAC, own, targetAddress, destinationMac));
    }

    @Override
    public void sendReply(final long requesterMac, final int requesterAddress, final int ownAddress) {
        sent(ArpFrames.putReply(frame, OWN_MAC, ownAddress, requesterMac, requesterAddress));
    }

    @Override
    public void sendAnnouncement(final int address) {
        sent(ArpFrames.putAnnouncement(frame, OWN_MAC, address));
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
        conflicts.add(Ipv4.describeAddress(address) + " " + Ethernet.describeMac(mac));
    }

    @Override
    public void disputed(final int address, final long mac, final long otherMac, final boolean both) {
        disputes.add("%s %s, not %s%s"
                .formatted(Ipv4.describeAddress(address), describe(mac), describe(otherMac), both ? ", both" : ""));
    }

    @Override
    public void refused(final int address, final long mac, final long otherMac) {
        disputes.add(
                "%s %s, static, not %s".formatted(Ipv4.describeAddress(address), describe(mac), describe(otherMac)));
    }

    @Override
    public void limited(final NeighborCounter limit, final int address, final int asker) {
        limited.add("%s %s by %s".formatted(limit, Ipv4.describeAddress(address), Ipv4.describeAddress(asker)));
    }

    /** In any test: what ends was asked by unicast since it fell due, and what is confirmed or moved was due before. */
    @Override
    public void changed(
            final NeighborChange kind,
            final NeighborReason reason,
            final int address,
            final long macOld,
            final long mac) {
        changes.add("%s %s %s > %s, %s"
                .formatted(kind.text, Ipv4.describeAddress(address), describe(macOld), describe(mac), reason.text));
        final boolean wasDue = due.remove(address);
        switch (kind) {
            case DUE -> {
                due.add(address);
                probed.remove(address);
            }
            case EXPIRED -> require(wasDue && probed.contains(address));
            case REFRESHED, MOVED -> require(wasDue);
            default -> {}
        }
    }

    private void require(final boolean right) {
        if (!right) {
            throw new AssertionError("not asked before: " + changes.getLast());
        }
    }

    private static String describe(final long mac) {
        return mac == 0 ? "-" : Ethernet.describeMac(mac).substring(15);
    }
}
