package org.portolan.dataplane.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.forward.TwoPorts.GATEWAY;
import static org.portolan.dataplane.forward.TwoPorts.GATEWAY_MAC;
import static org.portolan.dataplane.forward.TwoPorts.HOST;
import static org.portolan.dataplane.forward.TwoPorts.SERVER;
import static org.portolan.dataplane.forward.TwoPorts.WAN_MAC;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.neighbor.NeighborState;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;

/** Fragmenting (RFC 791 3.2): each part's header, and all of the payload in them. */
class FragmenterTest {
    private static final int IP = 14;
    private static final int MORE = 0x2000;

    private final TwoPorts ports = new TwoPorts();
    private final Forwarder forwarder =
            new Forwarder(new Port[] {ports.lan, ports.wan}, ports.routes, ports.fragmenter);

    @BeforeEach
    void resolve() {
        ports.wanNeighbors.publish(GATEWAY, GATEWAY_MAC, NeighborState.REACHABLE);
    }

    @AfterEach
    void close() {
        assertThat(ports.pool.free()).as("slots come back").isEqualTo(ports.pool.slots());
        ports.close();
    }

    /** A packet of so many payload bytes behind UDP's header, none like its neighbors. */
    private byte[] packet(final int payload, final int... options) {
        ports.udp(ports.lan, HOST, SERVER, payload, false);
        if (options.length > 0) {
            withOptions(options);
        }
        final int header = Ipv4.headerLength(ports.ip());
        final byte[] bytes = new byte[payload + 8];
        for (int i = 8; i < bytes.length; i++) {
            Memory.putU8(ports.ip() + header + i, i * 7 + (i >>> 8));
        }
        Memory.copy(ports.ip() + header, bytes, 0, bytes.length);
        return bytes;
    }

    private void withOptions(final int... options) {
        final int length = Ipv4.totalLength(ports.ip());
        final byte[] rest = new byte[length - 20];
        Memory.copy(ports.ip() + 20, rest, 0, rest.length);
        Memory.copy(rest, 0, ports.ip() + 20 + options.length, rest.length);
        for (int i = 0; i < options.length; i++) {
            Memory.putU8(ports.ip() + 20 + i, options[i]);
        }
        Memory.putU8(ports.ip(), 0x45 + options.length / 4);
        Memory.putU16(ports.ip() + Ipv4.TOTAL_LENGTH_OFFSET, length + options.length);
        reparse(length + options.length);
    }

    private void reparse(final int total) {
        Ipv4.putChecksum(ports.ip(), 0);
        Ipv4.putChecksum(ports.ip(), InternetChecksum.of(ports.ip(), Ipv4.headerLength(ports.ip())));
        ports.transit.frame().set(ports.at(), IP + total, 0, 1, 0);
        ports.parsed();
    }

    private int send() {
        assertThat(forwarder.plan(ports.transit, SERVER)).isZero();
        return forwarder.dispatchUntranslated(ports.transit);
    }

    private static int u16(final byte[] frame, final int at) {
        return (frame[at] & 0xFF) << 8 | frame[at + 1] & 0xFF;
    }

    private static int header(final byte[] frame) {
        return (frame[IP] & 0xF) * 4;
    }

    /** The payload that the parts carry; each is checked. */
    private byte[] shouldBeParts(final List<byte[]> parts, final int mtu, final int from, final boolean moreAfter) {
        final List<Byte> payload = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            final byte[] part = parts.get(i);
            final boolean last = i == parts.size() - 1;
            assertThat(part).startsWith(0x02, 0x50, 0x2A, 0x16, 0x6D, 0xFE, 0x02, 0x50, 0x2A, 0x16, 0x6D, 0x02, 8, 0);
            final int total = u16(part, IP + 2);
            assertThat(total).isLessThanOrEqualTo(mtu);
            assertThat(part).hasSize(Math.max(60, IP + total));
            final int word = u16(part, IP + 6);
            assertThat(word & 0xE000).as("more follow").isEqualTo(last && !moreAfter ? 0 : MORE);
            assertThat((word & 0x1FFF) * 8).as("offset").isEqualTo(from + payload.size());
            assertThat(isHeaderRight(part)).isTrue();
            for (int at = IP + header(part); at < IP + total; at++) {
                payload.add(part[at]);
            }
            if (!last) {
                assertThat(payload.size() % 8).isZero();
                assertThat(total).as("as full as units allow").isGreaterThan(mtu - 8 - header(part));
            }
            assertThat(Arrays.copyOfRange(part, IP + total, part.length))
                    .as("padding")
                    .containsOnly(new byte[0].length == part.length - IP - total ? new byte[0] : new byte[] {0});
        }
        final byte[] bytes = new byte[payload.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = payload.get(i);
        }
        return bytes;
    }

    private static boolean isHeaderRight(final byte[] frame) {
        long sum = 0;
        for (int at = IP; at < IP + header(frame); at += 2) {
            sum += u16(frame, at);
        }
        return InternetChecksum.fold(sum) == 0xFFFF;
    }

    @ParameterizedTest
    @ValueSource(ints = {68, 69, 75, 76, 77, 296, 576, 577, 1_006, 1_399, 1_400, 1_492, 1_500})
    void shouldCutForEveryMtu(final int mtu) {
        ports.wan.link(true, mtu, WAN_MAC);
        for (final int payload : new int[] {mtu - 27, mtu, 2 * mtu - 48, 1_472, 2_000, 3_000}) {
            final byte[] bytes = packet(payload);
            ports.wanWire.sent.clear();
            assertThat(send()).isZero();
            if (payload + 28 > mtu) {
                assertThat(shouldBeParts(ports.wanWire.sent, mtu, 0, false)).isEqualTo(bytes);
            } else {
                assertThat(ports.wanWire.sent).hasSize(1);
            }
        }
    }

    /** RFC 791 3.1: record route stays in the first part, a copied option is in all. */
    @Test
    void shouldCopyOnlyTheOptionsThatAreCopied() {
        final byte[] bytes = packet(3_000, 7, 7, 4, 0, 0, 0, 0, 1, 0x94, 4, 0, 0, 0x82, 3, 9, 1);
        assertThat(send()).isZero();
        final List<byte[]> parts = ports.wanWire.sent;
        assertThat(shouldBeParts(parts, 1_400, 0, false)).isEqualTo(bytes);
        assertThat(header(parts.getFirst())).isEqualTo(36);
        for (final byte[] later : parts.subList(1, parts.size())) {
            assertThat(header(later)).isEqualTo(28);
            assertThat(Arrays.copyOfRange(later, IP + 20, IP + 28)).containsExactly(0x94, 4, 0, 0, 0x82, 3, 9, 0);
        }
    }

    /** RFC 791: 68 bytes take the longest header and eight bytes of payload. */
    @Test
    void shouldCutThroughTheSmallestMtuWithTheLongestHeader() {
        ports.wan.link(true, 68, WAN_MAC);
        final int[] options = new int[40];
        Arrays.fill(options, 1);
        final byte[] bytes = packet(92, options);
        assertThat(send()).isZero();
        assertThat(shouldBeParts(ports.wanWire.sent, 68, 0, false)).isEqualTo(bytes);
        ports.wan.link(true, 67, WAN_MAC);
        packet(92, options);
        assertThat(forwarder.plan(ports.transit, SERVER)).isEqualTo(DropReason.FRAGMENTATION.code);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldContinueTheOffsetsOfAFragment(final boolean more) {
        final byte[] bytes = packet(2_400);
        Memory.putU16(ports.ip() + Ipv4.FRAGMENT_OFFSET, 300 | (more ? MORE : 0));
        reparse(2_428);
        assertThat(send()).isZero();
        assertThat(shouldBeParts(ports.wanWire.sent, 1_400, 2_400, more)).isEqualTo(bytes);
    }

    @Test
    void shouldCountAPacketOnceAndItsFurtherPartsAsTheRoutersOwn() {
        packet(3_900);
        assertThat(send()).isZero();
        ports.counters.publishOriginated();
        ports.wan.counters().publish();
        assertThat(ports.wanWire.own).isEqualTo(2);
        assertThat(ports.counters.originatedFrames()).isEqualTo(2);
        assertThat(ports.wan.counters().sentFrames()).isEqualTo(3);
    }

    @Test
    void shouldDropAllWhenTheFirstPartIsRefusedAndCountWhatIsLostAfterIt() {
        ports.wanWire.refusal = DropReason.TRANSMIT_RING_FULL.code;
        packet(3_900);
        assertThat(send()).isEqualTo(DropReason.TRANSMIT_RING_FULL.code);
        assertThat(ports.counters.originatedLostFrames()).isZero();
        ports.wanWire.refusal = 0;
        ports.wanWire.ownRefusal = DropReason.TRANSMIT_RING_FULL.code;
        packet(3_900);
        assertThat(send()).isZero();
        assertThat(ports.counters.originatedLostFrames()).isEqualTo(2);
    }

    @Test
    void shouldDropWithoutAFreeSlot() {
        final int one = ports.pool.take();
        final int other = ports.pool.take();
        packet(3_900);
        assertThat(send()).isEqualTo(DropReason.FRAGMENTATION.code);
        ports.pool.release(one);
        ports.pool.release(other);
    }

    /** RFC 6864 4.2: no two of 65,536 datagrams with one source, destination and protocol. */
    @Test
    void shouldRepeatNoIdentificationBeforeItMust() {
        final Identifications identifications = new Identifications(7);
        final Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < 1 << 16; i++) {
            seen.add(identifications.next(HOST, SERVER, Ipv4.UDP));
        }
        assertThat(seen).hasSize(1 << 16);
    }
}
