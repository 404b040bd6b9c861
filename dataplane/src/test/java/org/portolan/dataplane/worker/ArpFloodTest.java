package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.worker.WorkerRig.ip;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.portolan.dataplane.command.InjectProxy;
import org.portolan.dataplane.command.PuntAdapter;
import org.portolan.dataplane.command.PuntHandler;
import org.portolan.dataplane.command.Wakeup;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Regions;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.neighbor.ArpFrames;
import org.portolan.dataplane.neighbor.NeighborActions;
import org.portolan.dataplane.neighbor.NeighborChange;
import org.portolan.dataplane.neighbor.NeighborCounter;
import org.portolan.dataplane.neighbor.NeighborMachine;
import org.portolan.dataplane.neighbor.NeighborReason;
import org.portolan.dataplane.neighbor.NeighborSettings;
import org.portolan.dataplane.neighbor.NeighborTable;
import org.portolan.dataplane.wire.Arp;
import org.portolan.dataplane.wire.BadArp;
import org.portolan.dataplane.wire.Ethernet;

/**
 * ARP frames through a whole worker and the machine behind it: dropped by name, or answered, and forwarding goes on.
 */
class ArpFloodTest implements NeighborActions, PuntHandler {
    /** Of the ports of the rig, a /16. */
    private static final int DMZ_PORT = 2;

    private static final int NEW_HOST = ip(10, 9, 5, 5);
    private static final long NEW_MAC = 0x0250_2A16_6D14L;

    private final WorkerRig rig = new WorkerRig(100_000, 100_000, 100);
    private final TestFrames client = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
    private final TestFrames neighbor = new TestFrames(NEW_MAC, WorkerRig.DMZ_MAC);
    private final Wakeup wakeup = new Wakeup();
    private final InjectProxy inject = new InjectProxy(rig.inject, wakeup);
    private final PuntAdapter punts = new PuntAdapter(rig.punt, this);
    private final Slab slab = Slab.allocate(64, "test");
    private NeighborMachine machine;
    private long nowMs = 1_000_000;

    /** Frames are read where they lie in the rings. */
    @BeforeEach
    void begin() {
        Regions.add(rig.punt.buffer().addressOffset(), rig.punt.buffer().capacity());
        Regions.add(rig.inject.buffer().addressOffset(), rig.inject.buffer().capacity());
        rig.dmzNeighbors.clear(WorkerRig.DMZ_HOST);
        rig.dmzNeighbors.clear(WorkerRig.ABSENT_HOST);
        machine =
                new NeighborMachine(WorkerRig.DMZ_MAC, WorkerRig.DMZ, 16, NeighborSettings.defaults(), this, address ->
                        (int) (nowMs / 1000));
    }

    @AfterEach
    void close() {
        Regions.remove(rig.punt.buffer().addressOffset());
        Regions.remove(rig.inject.buffer().addressOffset());
        client.close();
        neighbor.close();
        rig.close();
        wakeup.close();
        slab.close();
    }

    /** Worker, control, worker: all that follows from what has arrived. */
    private void run() {
        rig.run();
        while (punts.poll() > 0) {
            rig.run();
        }
        rig.run();
        assertThat(rig.accounted()).as("the law").isEqualTo(rig.counters.received());
    }

    private void pass(final long ms) {
        for (long passed = 0; passed < ms; passed += 100) {
            nowMs += 100;
            machine.tick(nowMs);
            run();
        }
    }

    private void resolve() {
        rig.lan.arrive(client.udp(WorkerRig.CLIENT, 5000, NEW_HOST, 53, 20));
        run();
        rig.dmz.arrive(neighbor.arp(Arp.REPLY, NEW_HOST, WorkerRig.DMZ));
        run();
        assertThat(NeighborTable.mac(rig.dmzNeighbors.lookup(NEW_HOST))).isEqualTo(NEW_MAC);
        rig.dmz.sent().clear();
    }

    // ---- what the machine wants

    @Override
    public void onArp(final int port, final long frame, final int length) {
        assertThat(port).isEqualTo(DMZ_PORT);
        assertThat(ArpFrames.input(machine, frame, length, nowMs)).isZero();
    }

    @Override
    public void onResolve(final int port, final int address, final int asker) {
        assertThat(port).isEqualTo(DMZ_PORT);
        machine.query(address, asker, nowMs);
    }

    @Override
    public void sendRequest(final int targetAddress, final long destinationMac) {
        send(ArpFrames.putRequest(slab.address(), WorkerRig.DMZ_MAC, WorkerRig.DMZ, targetAddress, destinationMac));
    }

    @Override
    public void sendReply(final long requesterMac, final int requesterAddress, final int ownAddress) {
        send(ArpFrames.putReply(slab.address(), WorkerRig.DMZ_MAC, ownAddress, requesterMac, requesterAddress));
    }

    @Override
    public void sendAnnouncement(final int address) {
        send(ArpFrames.putAnnouncement(slab.address(), WorkerRig.DMZ_MAC, address));
    }

    private void send(final int length) {
        inject.frame(DMZ_PORT, slab.address(), length);
    }

    @Override
    public boolean publish(final int address, final long mac, final int state) {
        return rig.dmzNeighbors.publish(address, mac, state);
    }

    @Override
    public void clear(final int address) {
        rig.dmzNeighbors.clear(address);
    }

    @Override
    public void conflict(final int address, final long mac) {}

    @Override
    public void disputed(final int address, final long mac, final long otherMac, final boolean both) {}

    @Override
    public void refused(final int address, final long mac, final long otherMac) {}

    @Override
    public void limited(final NeighborCounter limit, final int address, final int asker) {}

    @Override
    public void changed(
            final NeighborChange kind,
            final NeighborReason reason,
            final int address,
            final long macOld,
            final long mac) {}

    // ---- tests

    private static List<BadArp> malformed() {
        return BadArp.all();
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void shouldDropByNameWhatIsMalformedBeforeItReachesControl(final BadArp bad) {
        for (final int operation : new int[] {Arp.REQUEST, Arp.REPLY}) {
            rig.dmz.arrive(bad.of(neighbor.arp(operation, NEW_HOST, WorkerRig.DMZ)));
        }
        rig.run();

        assertThat(rig.counters.dropped(bad.reason())).isEqualTo(2);
        assertThat(rig.counters.droppedAll()).isEqualTo(2);
        assertThat(rig.punt.size()).as("nothing for control").isZero();
        assertThat(rig.accounted()).isEqualTo(rig.counters.received()).isEqualTo(2);
    }

    @Test
    void shouldDropByNameAnArpFrameForAnotherHostOrFromItself() {
        try (TestFrames own = new TestFrames(WorkerRig.DMZ_MAC, WorkerRig.DMZ_MAC)) {
            rig.dmz.arrive(own.arp(Arp.REPLY, WorkerRig.DMZ, WorkerRig.DMZ));
            final byte[] toOther = neighbor.arp(Arp.REPLY, NEW_HOST, WorkerRig.DMZ);
            toOther[0] = 0x02;
            rig.dmz.arrive(toOther);
            rig.run();
        }
        assertThat(rig.counters.dropped(DropReason.OWN_SOURCE_MAC)).isEqualTo(1);
        assertThat(rig.counters.dropped(DropReason.OTHER_HOST)).isEqualTo(1);
        assertThat(rig.punt.size()).isZero();
    }

    @Test
    void shouldReadAnArpFrameWithMorePaddingThanTheRingCarries() {
        rig.lan.arrive(client.udp(WorkerRig.CLIENT, 5000, NEW_HOST, 53, 20));
        run();
        rig.dmz.arrive(Arrays.copyOf(neighbor.arp(Arp.REPLY, NEW_HOST, WorkerRig.DMZ), 1_400));
        run();

        assertThat(NeighborTable.mac(rig.dmzNeighbors.lookup(NEW_HOST))).isEqualTo(NEW_MAC);
    }

    @Test
    void shouldForwardOnThroughAStormOfRepliesThatFillsTheRing() {
        resolve();
        final long sentBefore = rig.dmz.sentCount();
        for (int i = 0; i < 20_000; i++) {
            rig.dmz.arrive(neighbor.arp(Arp.REPLY, ip(10, 9, 100, 0) + i % 10_000, WorkerRig.DMZ));
            if (i % 100 == 0) {
                rig.lan.arrive(client.udp(WorkerRig.CLIENT, 5000, NEW_HOST, 53, 20));
            }
        }
        run();

        assertThat(rig.counters.dropped(DropReason.PUNT_FULL)).isPositive();
        assertThat(rig.counters.droppedAll()).isEqualTo(rig.counters.dropped(DropReason.PUNT_FULL));
        assertThat(rig.dmz.sentCount() - sentBefore).isEqualTo(200);
        assertThat(machine.size()).isEqualTo(1);
        assertThat(machine.counted(NeighborCounter.IGNORED_UNSOLICITED))
                .isEqualTo(20_000 - rig.counters.dropped(DropReason.PUNT_FULL));
    }

    /** A scan of the whole subnet: frames for absent hosts are held or dropped by name, a live neighbor's all pass. */
    @Test
    void shouldForwardToTheLiveThroughAScanOfAWholeSlash16() {
        resolve();
        rig.dmz.keepSent();
        int live = 0;
        for (int host = 2; host < 0xFFFF; host++) {
            final int address = ip(10, 9, 0, 0) + host;
            if (address != NEW_HOST) {
                rig.lan.arrive(client.udp(WorkerRig.CLIENT, 5000, address, 53, 20));
            }
            if (host % 500 == 0) {
                rig.lan.arrive(client.udp(WorkerRig.CLIENT, 5000, NEW_HOST, 53, 20));
                live++;
                run();
                nowMs += 100;
                machine.tick(nowMs);
            }
            assertThat(machine.size()).isLessThanOrEqualTo(1_024 + 1);
        }
        run();

        final long arrived = rig.dmz.sent().stream()
                .filter(frame -> frame[12] == 0x08 && frame[13] == 0x00)
                .count();
        assertThat(arrived).as("the live neighbor's, and nobody else's").isEqualTo(live);
        assertThat(rig.dmz.sent().stream().filter(frame -> frame[13] == 0x06).count())
                .as("requests in 13 s")
                .isLessThanOrEqualTo(14 * 500);
        assertThat(rig.counters.dropped(DropReason.NEIGHBOR_QUEUE_FULL)).isPositive();
        assertThat(machine.counted(NeighborCounter.LIMITED_ASKERS)).isPositive();
        assertThat(NeighborTable.mac(rig.dmzNeighbors.lookup(NEW_HOST))).isEqualTo(NEW_MAC);
    }

    @Test
    void shouldForwardToTheTrueGatewayThroughSpoofedBindings() {
        resolve();
        try (TestFrames forger = new TestFrames(NEW_MAC + 1, WorkerRig.DMZ_MAC)) {
            for (int tenth = 0; tenth < 100; tenth++) {
                rig.dmz.arrive(forger.arp(Arp.REPLY, NEW_HOST, WorkerRig.DMZ));
                rig.dmz.arrive(forger.arp(Arp.REQUEST, NEW_HOST, NEW_HOST));
                rig.dmz.keepSent();
                rig.lan.arrive(client.udp(WorkerRig.CLIENT, 5000, NEW_HOST, 53, 20));
                pass(100);
                answerProbes();
            }
        }
        assertThat(machine.counted(NeighborCounter.DISPUTED)).isPositive();
        assertThat(machine.counted(NeighborCounter.MOVED)).isZero();
    }

    private void answerProbes() {
        for (final byte[] frame : List.copyOf(rig.dmz.sent())) {
            final boolean arp = frame[13] == 0x06;
            assertThat(destination(frame) == NEW_MAC || arp && destination(frame) == Ethernet.BROADCAST)
                    .isTrue();
            if (arp) {
                rig.dmz.arrive(neighbor.arp(Arp.REPLY, NEW_HOST, WorkerRig.DMZ));
            }
        }
        rig.dmz.sent().clear();
        run();
    }

    private static long destination(final byte[] frame) {
        long mac = 0;
        for (int i = Ethernet.DESTINATION_OFFSET; i < Ethernet.SOURCE_OFFSET; i++) {
            mac = mac << 8 | frame[i] & 0xFF;
        }
        return mac;
    }
}
