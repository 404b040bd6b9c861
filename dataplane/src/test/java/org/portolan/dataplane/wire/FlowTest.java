package org.portolan.dataplane.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FlowTest {
    private final Random random = new Random(23);

    @Test
    void shouldHoldEachFieldWholeAndApart() {
        for (int round = 0; round < 10_000; round++) {
            final int source = random.nextInt();
            final int destination = random.nextInt();
            final int realm = random.nextInt(1 << 16);
            final int protocol = random.nextInt(1 << 8);
            final int sourcePort = random.nextInt(1 << 16);
            final int destinationPort = random.nextInt(1 << 16);
            final long addresses = Flow.addresses(source, destination);
            final long ports = Flow.ports(realm, protocol, sourcePort, destinationPort);
            assertThat(Flow.source(addresses)).isEqualTo(source);
            assertThat(Flow.destination(addresses)).isEqualTo(destination);
            assertThat(Flow.realm(ports)).isEqualTo(realm);
            assertThat(Flow.protocol(ports)).isEqualTo(protocol);
            assertThat(Flow.sourcePort(ports)).isEqualTo(sourcePort);
            assertThat(Flow.destinationPort(ports)).isEqualTo(destinationPort);
            assertThat(ports >>> 56).as("room for the hash's length").isZero();
        }
    }

    @Test
    void shouldTurnRound() {
        final long addresses = Flow.addresses(0xC0A8_010A, 0x0808_0808);
        assertThat(Flow.turnedAddresses(addresses)).isEqualTo(Flow.addresses(0x0808_0808, 0xC0A8_010A));
        assertThat(Flow.turnedPorts(Flow.ports(3, Ipv4.TCP, 0x1234, 0xFEDC))).isEqualTo(0xFEDC_1234);
    }

    @Test
    void shouldKeepTheOutsideOfARealmApartFromItsInside() {
        final int outside = Flow.outside(7);
        assertThat(outside).isNotEqualTo(7);
        assertThat(Flow.inside(outside)).isEqualTo(7).isEqualTo(Flow.inside(7));
        assertThat(Flow.isFromOutside(Flow.ports(outside, Ipv4.UDP, 1, 2))).isTrue();
        assertThat(Flow.isFromOutside(Flow.ports(7, Ipv4.UDP, 0xFFFF, 0xFFFF))).isFalse();
    }

    /** The delta of a whole flow turns the sum of the old fields into the sum of the new ones. */
    @Test
    void shouldKnowWhatAChecksumTakes() {
        for (int round = 0; round < 10_000; round++) {
            final long was = random.nextLong();
            final long is = random.nextLong();
            final int wasPorts = random.nextInt();
            final int isPorts = random.nextInt();
            final int addressDelta = Flow.addressDelta(was, is);
            final int delta = Flow.transportDelta(addressDelta, Flow.in(5, Flow.ports(Ipv4.UDP, wasPorts)), isPorts);
            assertThat(InternetChecksum.combine(halves(was), addressDelta) % 0xFFFF)
                    .isEqualTo(halves(is) % 0xFFFF);
            final int before = InternetChecksum.combine(halves(was), halves(wasPorts & 0xFFFF_FFFFL));
            final int after = InternetChecksum.combine(halves(is), halves(isPorts & 0xFFFF_FFFFL));
            assertThat(InternetChecksum.combine(before, delta) % 0xFFFF).isEqualTo(after % 0xFFFF);
        }
    }

    private static int halves(final long word) {
        return InternetChecksum.fold((word >>> 48) + (word >>> 32 & 0xFFFF) + (word >>> 16 & 0xFFFF) + (word & 0xFFFF));
    }

    @Test
    void shouldTakeTheIdentifierAloneForAnIcmpChecksum() {
        final long ports = Flow.ports(0, Ipv4.ICMP, 77, 77);
        assertThat(Flow.transportDelta(0x1234, ports, 78 << 16 | 78)).isEqualTo(InternetChecksum.delta16(77, 78));
    }
}
