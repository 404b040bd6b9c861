package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.worker.WorkerRig.ip;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.forward.Answers;
import org.portolan.dataplane.nat.WindowCheck;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/** RFC 5382 REQ-4: a SYN from outside to a port that nothing is mapped to, on a clock of the test's own. */
class UnsolicitedSynTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final byte[] OPTIONS = {2, 4, 5, (byte) 0xB4, 1, 3, 3, 7};
    private static final int PORT = 5_000;

    private final TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
    private final TestFrames outside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.WAN_MAC);
    private long nowNs = 1_000 * SECOND_NS;
    private WorkerRig rig = rig(true);

    private WorkerRig rig(final boolean answers) {
        final WorkerRig made = new WorkerRig(
                2_000,
                2_000,
                new OutsideLimits(2_000, 1_000, 2_000, 0),
                HostLimits.NONE,
                new Answers(Icmp.CODE_HOST_UNREACHABLE, false, answers, 42),
                WindowCheck.DROP,
                () -> nowNs);
        made.wan.keepSent();
        made.lan.keepSent();
        return made;
    }

    @AfterEach
    void close() {
        assertThat(rig.accounted()).as("the law").isEqualTo(rig.counters.received());
        inside.close();
        outside.close();
        rig.close();
    }

    private byte[] syn(final int source, final int sourcePort) {
        return outside.syn(source, sourcePort, WorkerRig.POOL, PORT, OPTIONS);
    }

    private void later(final long ns) {
        nowNs += ns;
        rig.run();
    }

    @Test
    @DisplayName("REQ-4: no answer for 6 s, then ICMP port unreachable that quotes the SYN")
    void shouldAnswerAfterSixSeconds() {
        final byte[] syn = syn(WorkerRig.SERVER, 80);
        rig.wan.arrive(syn);
        rig.run();
        assertThat(rig.counters.dropped(DropReason.NO_MAPPING)).isEqualTo(1);
        assertThat(rig.counters.unsolicitedSynsWaiting()).isEqualTo(1);
        assertThat(rig.worker.isWaiting()).isTrue();
        later(UnsolicitedSyns.WAIT_NS - 1);
        assertThat(rig.wan.sentCount()).isZero();
        later(1);
        assertThat(rig.wan.sent()).hasSize(1);
        final Received error = new Received(rig.wan.sent().getFirst()).shouldBeWhole();
        assertThat(error.protocol()).isEqualTo(Ipv4.ICMP);
        assertThat(error.source()).isEqualTo(WorkerRig.WAN);
        assertThat(error.destination()).isEqualTo(WorkerRig.SERVER);
        assertThat(error.u8(error.transport())).isEqualTo(Icmp.DESTINATION_UNREACHABLE);
        assertThat(error.u8(error.transport() + 1)).isEqualTo(Icmp.CODE_PORT_UNREACHABLE);
        final int quote = error.transport() + Icmp.QUOTE_OFFSET;
        final byte[] sent = rig.wan.sent().getFirst();
        assertThat(Arrays.copyOfRange(sent, quote, quote + syn.length - 14))
                .as("the SYN as it came")
                .isEqualTo(Arrays.copyOfRange(syn, 14, syn.length));
        assertThat(rig.counters.unsolicitedSynsWaiting()).isZero();
        assertThat(rig.worker.isWaiting()).isFalse();
        later(100 * SECOND_NS);
        assertThat(rig.wan.sentCount()).isEqualTo(1);
    }

    @Test
    @DisplayName("REQ-4: the SYN is forgotten if the inside opens the same connection meanwhile")
    void shouldForgetItWhenTheInsideOpens() {
        rig.lan.arrive(inside.syn(WorkerRig.CLIENT, PORT, WorkerRig.OTHER_SERVER, 80, OPTIONS));
        rig.wan.arrive(syn(WorkerRig.SERVER, 80));
        rig.run();
        later(5 * SECOND_NS);
        rig.lan.arrive(inside.syn(WorkerRig.CLIENT, PORT, WorkerRig.SERVER, 80, OPTIONS));
        rig.run();
        rig.wan.arrive(syn(WorkerRig.SERVER, 80));
        rig.run();
        assertThat(rig.lan.sent()).as("simultaneous open").hasSize(1);
        later(10 * SECOND_NS);
        assertThat(rig.wan.sent().stream().map(Received::new).map(Received::protocol))
                .containsOnly(Ipv4.TCP);
        assertThat(rig.counters.unsolicitedSynsWaiting()).isZero();
    }

    @Test
    void shouldAnswerOnceWhatIsSentAgain() {
        for (int i = 0; i < 4; i++) {
            rig.wan.arrive(syn(WorkerRig.SERVER, 80));
            later(SECOND_NS);
        }
        later(20 * SECOND_NS);
        assertThat(rig.wan.sentCount()).isEqualTo(1);
    }

    @Test
    @DisplayName("REQ-4 a): nothing by policy")
    void shouldSayNothingByDefault() {
        rig.close();
        rig = rig(false);
        rig.wan.arrive(syn(WorkerRig.SERVER, 80));
        rig.run();
        assertThat(rig.counters.unsolicitedSynsWaiting()).isZero();
        later(20 * SECOND_NS);
        assertThat(rig.wan.sentCount()).isZero();
    }

    @Test
    void shouldWaitForNothingButSyns() {
        for (final int flags : new int[] {Tcp.ACK, Tcp.SYN | Tcp.ACK, Tcp.RST, Tcp.FIN | Tcp.ACK}) {
            rig.wan.arrive(outside.tcp(WorkerRig.SERVER, 80, WorkerRig.POOL, PORT, flags));
        }
        rig.wan.arrive(outside.udp(WorkerRig.SERVER, 80, WorkerRig.POOL, PORT, 10));
        rig.wan.arrive(outside.syn(WorkerRig.CLIENT, 80, WorkerRig.POOL, PORT, OPTIONS));
        rig.wan.arrive(outside.syn(WorkerRig.SERVER, 80, ip(9, 9, 9, 9), PORT, OPTIONS));
        rig.run();
        assertThat(rig.counters.unsolicitedSynsWaiting()).isZero();
    }

    @Test
    void shouldBeBoundedAndFairByNetwork() {
        for (int i = 0; i < 3_000; i++) {
            rig.wan.arrive(syn(ip(9, 9, 9, i & 0xFF), 1_000 + i));
        }
        rig.wan.arrive(syn(WorkerRig.SERVER, 80));
        rig.run();
        assertThat(rig.counters.unsolicitedSynsWaiting())
                .isBetween(2L, 2L * UnsolicitedSyns.PER_NETWORK + 1)
                .isEqualTo(3_001 - rig.counters.unsolicitedSynsLost());
        later(7 * SECOND_NS);
        assertThat(rig.wan.sent().stream()
                        .map(Received::new)
                        .filter(sent -> sent.destination() == WorkerRig.SERVER)
                        .count())
                .isEqualTo(1);
    }

    @Test
    void shouldLoseTheOldestWhenTheTableIsFull() {
        for (int i = 0; i < 50_000; i++) {
            rig.wan.arrive(syn(ip(20 + i % 50, i / 50 % 250, i / 12_500, 1), 80));
            if (i % 50 == 0) {
                later(SECOND_NS / 20);
            }
        }
        rig.run();
        assertThat(rig.counters.unsolicitedSynsWaiting()).isBetween(900L, (long) UnsolicitedSyns.CAPACITY);
        assertThat(rig.counters.unsolicitedSynsLost()).isPositive();
        later(7 * SECOND_NS);
        assertThat(rig.counters.unsolicitedSynsWaiting()).isZero();
        assertThat(rig.wan.sentCount()).isPositive();
    }
}
