package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.command.Wakeup;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.FrameIo;
import org.portolan.dataplane.io.packet.FakeDriver;
import org.portolan.dataplane.io.packet.PacketRing;
import org.portolan.dataplane.system.Errno;
import org.portolan.dataplane.wire.Icmp;

/** A whole worker on the real driver with a kernel in memory: whatever that does, every frame is in the books once. */
class DeparturesTest {
    private static final long SECOND_NS = 1_000_000_000;
    private static final int ICMP_AT = 14 + 20;
    private static final int LARGE_FRAMES_EACH_BATCH = 16;

    private final WorkerRig rig = new WorkerRig(2_000, 2_000, 100);
    private final FakeDriver wan = new FakeDriver();
    private final Wakeup wakeup = new Wakeup();
    private final CommandProxy commands = new CommandProxy(rig.command, wakeup);
    private final TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
    private final TestFrames outside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.WAN_MAC);

    @BeforeEach
    void takeTheDriver() {
        replace(wan).close();
    }

    private FrameIo replace(final FrameIo driver) {
        rig.worker.handOver(1, driver);
        assertThat(commands.replaceIo(1)).isTrue();
        rig.run();
        return rig.worker.takeLeaving(1);
    }

    @AfterEach
    void close() {
        inside.close();
        outside.close();
        rig.close();
        wakeup.close();
    }

    private void send(final int frames) {
        for (int i = 0; i < frames; i++) {
            rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5000 + i, WorkerRig.SERVER, 53, 20 + i));
        }
        rig.run();
    }

    private void assertBooks(final int sent, final int held, final int dropped) {
        assertThat(rig.counters.sent()).as("sent").isEqualTo(sent);
        assertThat(rig.counters.heldFrames()).as("held").isEqualTo(held);
        assertThat(rig.counters.droppedAll()).as("dropped").isEqualTo(dropped);
        assertThat(rig.accounted()).isEqualTo(rig.counters.received());
        assertThat(rig.worker.port(1).counters().sentFrames())
                .isEqualTo(wan.wire().size());
        assertThat(rig.worker.port(1).counters().sentBytes())
                .isEqualTo(wan.wire().stream().mapToLong(frame -> frame.length).sum());
    }

    @Test
    void shouldCountWhatWaitsAsHeldAndLaterAsSent() {
        wan.room(3);
        send(10);
        assertBooks(3, 7, 0);
        assertThat(rig.worker.isWaiting()).isTrue();
        wan.room(100);
        wan.later(SECOND_NS / 10);
        assertThat(rig.worker.doWork()).as("an idle cycle sends the rest").isEqualTo(7);
        assertBooks(10, 0, 0);
        assertThat(rig.worker.isWaiting()).isFalse();
        assertThat(rig.worker.doWork()).isZero();
    }

    @Test
    void shouldDropARefusedFrameUnderItsReasonAndSendTheOthers() {
        wan.refuse(Errno.ENOBUFS, frame -> frame.length == 14 + 28 + 24);
        send(10);
        wan.later(SECOND_NS / 10);
        rig.worker.doWork();
        assertBooks(9, 0, 1);
        assertThat(rig.counters.dropped(DropReason.TRANSMIT_REFUSED)).isEqualTo(1);
    }

    @Test
    void shouldDropWhatHasBecomeTooOld() {
        wan.room(0);
        send(10);
        assertBooks(0, 10, 0);
        wan.later(2 * SECOND_NS);
        rig.worker.doWork();
        assertBooks(0, 0, 10);
        assertThat(rig.counters.dropped(DropReason.TRANSMIT_LATE)).isEqualTo(10);
        wan.room(100);
        wan.later(SECOND_NS);
        rig.worker.doWork();
        send(1);
        assertBooks(1, 0, 10);
    }

    @Test
    void shouldComeBackByItselfWhenControlSawNothing() {
        wan.deviceFails(Errno.ENETDOWN);
        send(1);
        send(5);
        assertBooks(0, 1, 5);
        assertThat(rig.counters.dropped(DropReason.EGRESS_DOWN)).isEqualTo(5);
        wan.deviceFails(0);
        wan.later(SECOND_NS / 10);
        rig.worker.doWork();
        assertBooks(1, 0, 5);
        send(3);
        assertBooks(4, 0, 5);
    }

    @Test
    void shouldTakeNothingForANewFlowAndTellItsSenderOnceTheDriverKnowsThatTheDeviceIsDown() {
        wan.deviceFails(Errno.ENETDOWN);
        send(1);
        assertThat(rig.worker.port(1).isUp()).as("control has said nothing").isTrue();
        final int sessions = rig.worker.nat().counts().sessions();
        final long ports = rig.worker.nat().counts().portsInUse();
        rig.lan.keepSent();
        for (int i = 0; i < 5; i++) {
            rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 6000 + i, WorkerRig.SERVER, 53, 20));
        }
        rig.run();
        assertBooks(0, 1, 5);
        assertThat(rig.counters.dropped(DropReason.EGRESS_DOWN)).isEqualTo(5);
        assertThat(rig.worker.nat().counts().sessions()).isEqualTo(sessions);
        assertThat(rig.worker.nat().counts().portsInUse()).isEqualTo(ports);
        assertThat(rig.lan.sent()).hasSize(5).allSatisfy(frame -> {
            assertThat(frame[ICMP_AT]).isEqualTo((byte) Icmp.DESTINATION_UNREACHABLE);
            assertThat(frame[ICMP_AT + 1]).isEqualTo((byte) Icmp.CODE_NET_UNREACHABLE);
        });
    }

    @Test
    void shouldCountTheRoutersOwnFramesWhenTheyHaveLeft() {
        wan.refuse(Errno.ENOBUFS, frame -> true);
        wan.arrive(outside.echo(WorkerRig.SERVER, WorkerRig.WAN, Icmp.ECHO_REQUEST, 7));
        rig.worker.doWork();
        assertThat(rig.counters.consumedFrames()).isEqualTo(1);
        assertThat(rig.counters.originatedFrames()).isZero();
        wan.later(SECOND_NS / 10);
        rig.worker.doWork();
        assertThat(rig.counters.originatedFrames()).isZero();
        assertThat(rig.counters.originatedLostFrames()).isEqualTo(1);
        assertBooks(0, 0, 0);
        wan.refuse(0, frame -> false);
        wan.arrive(outside.echo(WorkerRig.SERVER, WorkerRig.WAN, Icmp.ECHO_REQUEST, 8));
        rig.worker.doWork();
        assertThat(rig.counters.originatedFrames()).isEqualTo(1);
    }

    @Test
    void shouldReadADriverToItsEndBeforeAnotherTakesItsPlace() {
        send(1);
        for (int i = 0; i < 60; i++) {
            wan.arrive(outside.udp(WorkerRig.SERVER, 53, WorkerRig.POOL, 5000, 20));
        }
        wan.room(0);
        send(2);
        try (FrameIo old = replace(new FakeDriver())) {
            assertThat(old).isSameAs(wan);
            assertThat(rig.lan.sentCount()).as("what it had received").isEqualTo(60);
            assertThat(rig.counters.dropped(DropReason.EGRESS_DOWN))
                    .as("what it could not send")
                    .isEqualTo(2);
            assertThat(rig.accounted()).isEqualTo(rig.counters.received());
            assertThat(rig.counters.heldFrames()).isZero();
        }
    }

    @Test
    void shouldReadAFullDriverToItsEndThoughItsBatchesAreSmall() {
        rig.lan.mostEachBatch(LARGE_FRAMES_EACH_BATCH);
        final byte[] frame = inside.udp(WorkerRig.CLIENT, 5000, WorkerRig.SERVER, 53, 20);
        for (int i = 0; i < PacketRing.RECEIVE_SLOTS; i++) {
            rig.lan.arrive(frame);
        }
        rig.worker.handOver(0, new FakeDriver());
        assertThat(commands.replaceIo(0)).isTrue();
        rig.worker.doWork();
        try (FrameIo old = rig.worker.takeLeaving(0)) {
            assertThat(old).isSameAs(rig.lan);
            assertThat(rig.lan.waiting()).isZero();
            assertThat(rig.counters.received()).isEqualTo(PacketRing.RECEIVE_SLOTS);
            assertBooks(PacketRing.RECEIVE_SLOTS, 0, 0);
        }
    }

    @Test
    void shouldLoseNothingButWhatTheKernelLostWhileTheWorkerWasAway() {
        send(1);
        for (int i = 0; i < 500; i++) {
            wan.arrive(outside.udp(WorkerRig.SERVER, 53, WorkerRig.POOL, 5000, 20));
        }
        while (rig.worker.doWork() > 0) {}
        assertThat(wan.lost()).isPositive();
        assertThat(rig.lan.sentCount()).isEqualTo(500 - wan.lost());
    }

    /** Faults and frames in any order; the books are compared with what really left after each cycle. */
    @Test
    void shouldKeepTheBooksWhateverTheDeviceDoes() {
        final Random random = new Random(20261129);
        final int[] errnos = {Errno.ENOBUFS, Errno.EINVAL, Errno.EIO, Errno.EPERM, Errno.EMSGSIZE};
        final int[] device = {0, 0, 0, Errno.ENETDOWN, Errno.ENXIO, Errno.EAGAIN, Errno.ENOBUFS};
        for (int round = 0; round < 20_000; round++) {
            if (random.nextInt(10) == 0) {
                wan.deviceFails(device[random.nextInt(device.length)]);
                wan.room(random.nextInt(3) == 0 ? random.nextInt(20) : Integer.MAX_VALUE);
                final int modulus = 1 + random.nextInt(8);
                wan.refuse(errnos[random.nextInt(errnos.length)], frame -> frame.length % modulus == 1);
            }
            for (int i = random.nextInt(12); i > 0; i--) {
                final int length = random.nextInt(100);
                rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5000 + length, WorkerRig.SERVER, 53, length));
            }
            if (random.nextInt(4) == 0) {
                wan.arrive(outside.echo(WorkerRig.SERVER, WorkerRig.WAN, Icmp.ECHO_REQUEST, 7));
            }
            wan.later(random.nextInt(100) == 0 ? 2 * SECOND_NS : random.nextInt(2_000_000));
            rig.run();
            assertThat(rig.accounted()).isEqualTo(rig.counters.received());
            assertThat(rig.worker.port(1).counters().sentFrames())
                    .isEqualTo(wan.wire().size());
            assertThat(rig.counters.sent() + rig.counters.originatedFrames())
                    .as("what left, and the errors that the inside was sent")
                    .isEqualTo(wan.wire().size() + rig.lan.sentCount());
        }
        wan.deviceFails(0);
        wan.room(Integer.MAX_VALUE);
        wan.refuse(0, frame -> false);
        wan.later(SECOND_NS);
        rig.run();
        assertThat(rig.counters.heldFrames()).isZero();
        assertThat(rig.counters.consumedFrames())
                .as("echo requests answered or lost")
                .isEqualTo(rig.counters.originatedFrames() + rig.counters.originatedLostFrames() - rig.lan.sentCount());
        assertThat(wan.wire()).hasSizeGreaterThan(20_000);
    }
}
