package org.portolan.bench.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Udp;

class FrameJudgeTest {
    private static final long CLIENT_MAC = 0x02_00_00_00_00_01L;
    private static final long ROUTER_MAC = 0x02_00_00_00_00_02L;
    private static final long NOW_NS = 1_764_000_000_000_000_000L;

    private final FaultyFrames frames = new FaultyFrames(CLIENT_MAC, ROUTER_MAC, 100, FrameSize.of("128"));
    private final Slab slab = Slab.allocate(2048, "a frame under judgment");
    private final byte[] right = frames.right(0x0001_0203, 3, NOW_NS);

    @AfterEach
    void free() {
        frames.close();
        slab.close();
    }

    private Fault judged(final byte[] frame, final long offload, final Checksums sent) {
        Memory.copy(frame, 0, slab.address(), frame.length);
        return new FrameJudge(FaultyFrames.UNCHANGED, ROUTER_MAC, sent).judge(slab.address(), frame.length, offload);
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"RUN", "FLOW_MOVED", "ENDPOINT_SHARED"})
    void shouldNameWhatIsWrong(final Fault fault) {
        assertThat(judged(frames.wrong(fault, right), Offload.NONE, Checksums.FULL))
                .isEqualTo(fault);
    }

    /** Except in the MAC of the sender, which is the router's own affair. */
    @Test
    void shouldPassNoFrameWithABitTurned() {
        for (int bit = 0; bit < right.length * 8; bit++) {
            final byte[] turned = right.clone();
            turned[bit / 8] ^= (byte) (1 << bit % 8);
            final boolean senderMac = bit / 8 >= 6 && bit / 8 < 12;
            final boolean passed = judged(turned, Offload.NONE, Checksums.FULL) == Fault.NONE;
            assertThat(passed).as("bit %d", bit).isEqualTo(senderMac);
        }
    }

    @Test
    void shouldSeeAPayloadThatWasCutWithAllLengthsMadeRight() {
        final byte[] cut = new byte[right.length - 8];
        System.arraycopy(right, 0, cut, 0, cut.length);
        final byte[] shorter = frames.rewritten(cut, at -> {
            Memory.putU16(at + FaultyFrames.IP + Ipv4.TOTAL_LENGTH_OFFSET, cut.length - FaultyFrames.IP);
            Memory.putU16(at + FaultyFrames.UDP + Udp.LENGTH_OFFSET, cut.length - FaultyFrames.UDP);
        });
        assertThat(judged(shorter, Offload.NONE, Checksums.FULL)).isEqualTo(Fault.PAYLOAD);
    }

    @Test
    void shouldAskForTheHopsOfTheDevice() {
        final AddressBlock sources = FaultyFrames.UNCHANGED.outside();
        final Passage routed =
                new Passage(TrafficDirection.OUTBOUND, sources, FaultyFrames.SERVER, FaultyFrames.PORT, 1);
        Memory.copy(right, 0, slab.address(), right.length);
        assertThat(new FrameJudge(routed, ROUTER_MAC, Checksums.FULL).judge(slab.address(), right.length, Offload.NONE))
                .isEqualTo(Fault.TTL);
    }

    @Test
    void shouldRefuseAChecksumThatWasTakenAwayOrAdded() {
        final byte[] none = frames.changed(right, at -> Udp.putChecksum(at + FaultyFrames.UDP, 0));
        assertThat(judged(none, Offload.NONE, Checksums.FULL)).isEqualTo(Fault.UDP_CHECKSUM);
        assertThat(judged(none, Offload.NONE, Checksums.NONE)).isEqualTo(Fault.NONE);
        assertThat(judged(right, Offload.NONE, Checksums.NONE)).isEqualTo(Fault.UDP_CHECKSUM);
    }

    @Test
    void shouldTakeAPartialChecksumOnlyWhereOneWasSentAndOnlyARightOne() {
        final long offload = Offload.pack(Offload.NEEDS_CHECKSUM, 0, 0, FaultyFrames.UDP, Udp.CHECKSUM_OFFSET);
        final int sum = InternetChecksum.pseudoHeaderSum(
                FaultyFrames.CLIENT, FaultyFrames.SERVER, Ipv4.UDP, right.length - FaultyFrames.UDP);
        final byte[] partial = frames.changed(right, at -> Udp.putChecksum(at + FaultyFrames.UDP, sum));
        final long elsewhere = Offload.pack(Offload.NEEDS_CHECKSUM, 0, 0, FaultyFrames.UDP, Udp.CHECKSUM_OFFSET + 2);
        assertThat(judged(partial, offload, Checksums.PARTIAL)).isEqualTo(Fault.NONE);
        assertThat(judged(partial, elsewhere, Checksums.PARTIAL)).isEqualTo(Fault.UDP_CHECKSUM);
        assertThat(judged(partial, offload, Checksums.FULL)).isEqualTo(Fault.UDP_CHECKSUM);
        assertThat(judged(partial, Offload.NONE, Checksums.PARTIAL)).isEqualTo(Fault.UDP_CHECKSUM);
        assertThat(judged(right, Offload.NONE, Checksums.PARTIAL))
                .as("completed on the way")
                .isEqualTo(Fault.NONE);
    }
}
