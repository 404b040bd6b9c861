package org.portolan.dataplane.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.forward.TwoPorts.HOST;
import static org.portolan.dataplane.forward.TwoPorts.LAN_MAC;
import static org.portolan.dataplane.forward.TwoPorts.SERVER;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.FramePool;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/** What the router says for itself: to whom, how often, and what becomes of its slot. */
class OriginatorTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private final TwoPorts ports = new TwoPorts();
    private final FramePool pool = new FramePool(Originator.FRAMES, Originator.LONGEST_FRAME_BYTES);
    private final Originator originator = new Originator(pool, ports.counters, 7);

    @AfterEach
    void close() {
        assertThat(pool.free()).as("slots that came back").isEqualTo(Originator.FRAMES);
        pool.close();
        ports.close();
    }

    private void unreachable(final long nowNs) {
        originator.error(ports.transit, Icmp.DESTINATION_UNREACHABLE, Icmp.CODE_NET_UNREACHABLE, 0, nowNs);
    }

    @Test
    void shouldAnswerToTheMacAndAddressThatThePacketCameFrom() {
        ports.udp(ports.lan, HOST, SERVER, 20, false);
        unreachable(0);
        final byte[] sent = ports.lanWire.sent.getFirst();
        assertThat(sent).startsWith(0x02, 0x50, 0x2A, 0x16, 0x6D, 0x14, 0x02, 0x50, 0x2A, 0x16, 0x6D, 0x01);
        assertThat(Arrays.copyOfRange(sent, 26, 34))
                .as("from the router, to the host")
                .containsExactly(0xC0, 0xA8, 1, 1, 0xC0, 0xA8, 1, 0x14);
        assertThat(TwoPorts.isWhole(sent)).isTrue();
        assertThat(ports.wanWire.sent).isEmpty();
        ports.counters.publishOriginated();
        assertThat(ports.counters.originatedFrames()).isEqualTo(1);
    }

    /** RFC 1122 3.2.2 and RFC 1812 4.3.2.7. */
    @Test
    void shouldNotAnswerWhatMustNotBeAnswered() {
        ports.udp(ports.lan, HOST, SERVER, 20, false);
        Ethernet.putHeader(ports.at(), Ethernet.BROADCAST, TwoPorts.HOST_MAC, Ethernet.TYPE_IPV4);
        unreachable(0);
        Ethernet.putHeader(ports.at(), 0x0100_5E00_0001L, TwoPorts.HOST_MAC, Ethernet.TYPE_IPV4);
        unreachable(0);
        ports.udp(ports.lan, 0xE000_0001, SERVER, 20, false);
        unreachable(0);
        ports.udp(ports.lan, HOST, -1, 20, false);
        unreachable(0);
        assertThat(ports.lanWire.sent).isEmpty();
    }

    /** RFC 5508 REQ-9. */
    @Test
    void shouldSendNoErrorsWhereTheOperatorForbidsThemRfc5508Req9() {
        ports.lan.withoutErrors();
        ports.udp(ports.lan, HOST, SERVER, 20, false);
        unreachable(0);
        originator.error(ports.transit, Icmp.TIME_EXCEEDED, Icmp.CODE_TTL_EXCEEDED, 0, 0);
        assertThat(ports.lanWire.sent).isEmpty();
        ports.udp(ports.wan, SERVER, HOST, 20, false);
        unreachable(0);
        assertThat(ports.wanWire.sent).as("another interface").hasSize(1);
    }

    @Test
    void shouldAnswerOneHostFiftyTimesASecondAndLeaveOthersTheirs() {
        ports.udp(ports.lan, HOST, SERVER, 20, false);
        for (int i = 0; i < 500; i++) {
            unreachable(0);
        }
        final int first = ports.lanWire.sent.size();
        assertThat(first).isBetween(Originator.ERRORS_PER_HOST, 2 * Originator.ERRORS_PER_HOST);
        ports.udp(ports.lan, HOST + 1, SERVER, 20, false);
        unreachable(0);
        assertThat(ports.lanWire.sent).hasSize(first + 1);
        ports.udp(ports.lan, HOST, SERVER, 20, false);
        for (int i = 0; i < 500; i++) {
            unreachable(SECOND_NS);
        }
        assertThat(ports.lanWire.sent.size() - first - 1)
                .isBetween(Originator.ERRORS_PER_HOST, 2 * Originator.ERRORS_PER_HOST);
    }

    /** Spoofed packets from outside must not take the fragmentation needed that an inside host waits for. */
    @Test
    void shouldKeepTheInsidesLimitApartFromTheOutsides() {
        for (int i = 0; i < 20_000; i++) {
            ports.udp(ports.wan, SERVER + i, HOST, 20, true);
            originator.error(ports.transit, Icmp.TIME_EXCEEDED, Icmp.CODE_TTL_EXCEEDED, 0, 0);
        }
        assertThat(ports.wanWire.sent).hasSizeLessThanOrEqualTo(Originator.ERRORS_PER_SECOND + HostRateLimit.BUCKETS);
        ports.udp(ports.lan, HOST, SERVER, 1_472, true);
        originator.error(ports.transit, Icmp.DESTINATION_UNREACHABLE, Icmp.CODE_FRAGMENTATION_NEEDED, 1_400, 0);
        final byte[] sent = ports.lanWire.sent.getFirst();
        assertThat(Arrays.copyOfRange(sent, 34, 36)).containsExactly(3, 4);
        assertThat(Arrays.copyOfRange(sent, 40, 42))
                .as("RFC 1191: the next hop's MTU")
                .containsExactly(0x05, 0x78);
    }

    @Test
    void shouldResetWithWhatTheSegmentAcknowledges() {
        ports.tcp(ports.wan, SERVER, HOST, Tcp.ACK);
        originator.reset(ports.transit, 0);
        final byte[] sent = ports.wanWire.sent.getFirst();
        final int tcp = Ethernet.HEADER_BYTES + Ipv4.HEADER_BYTES;
        assertThat(sent[tcp + Tcp.FLAGS_OFFSET]).isEqualTo((byte) Tcp.RST);
        assertThat(Arrays.copyOfRange(sent, tcp + 4, tcp + 8)).containsExactly(0, 0, 0, 77);
    }

    /** RFC 9293 3.10.7.1: no reset answers a reset; RFC 5382 REQ-4: nor a SYN. */
    @Test
    void shouldNotResetAResetOrASynOrWhatIsDamaged() {
        for (final int flags : new int[] {Tcp.RST, Tcp.RST | Tcp.ACK, Tcp.SYN}) {
            ports.tcp(ports.wan, SERVER, HOST, flags);
            originator.reset(ports.transit, 0);
        }
        ports.tcp(ports.wan, SERVER, HOST, Tcp.ACK);
        Tcp.putChecksum(ports.transport(), Tcp.checksum(ports.transport()) ^ 1);
        originator.reset(ports.transit, 0);
        ports.udp(ports.wan, SERVER, HOST, 20, false);
        originator.reset(ports.transit, 0);
        assertThat(ports.wanWire.sent).isEmpty();
    }

    @Test
    void shouldCountWhatCouldNotBeSent() {
        ports.udp(ports.lan, HOST, SERVER, 20, false);
        ports.lanWire.refusal = DropReason.TRANSMIT_RING_FULL.code;
        unreachable(0);
        ports.lanWire.refusal = 0;
        ports.lan.link(false, 1_500, LAN_MAC);
        unreachable(0);
        ports.lan.link(true, 1_500, LAN_MAC);
        final int only = pool.take();
        unreachable(0);
        pool.release(only);
        assertThat(ports.counters.originatedLostFrames()).isEqualTo(3);
        assertThat(ports.lanWire.sent).isEmpty();
    }

    @Test
    void shouldCopyWhatControlInjectsAndRefuseWhatDoesNotFit() {
        ports.udp(ports.lan, HOST, SERVER, 20, false);
        originator.inject(ports.wan, ports.at(), 60);
        Memory.putU8(ports.at(), 0xFF);
        assertThat(ports.wanWire.sent.getFirst()).hasSize(60);
        assertThat(ports.wanWire.sent.getFirst()[0]).isEqualTo((byte) 0x02);
        originator.inject(ports.wan, ports.at(), Originator.LONGEST_FRAME_BYTES + 1);
        assertThat(ports.wanWire.sent).hasSize(1);
        assertThat(ports.counters.originatedLostFrames()).isEqualTo(1);
    }
}
