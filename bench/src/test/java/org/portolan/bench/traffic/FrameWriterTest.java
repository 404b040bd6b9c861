package org.portolan.bench.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.portolan.bench.lab.RawFrame;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;

/** Frames are judged by {@link RawFrame}, which reads them with array arithmetic of its own. */
class FrameWriterTest {
    private static final long CLIENT_MAC = 0x02_00_00_00_00_01L;
    private static final long ROUTER_MAC = 0x02_00_00_00_00_02L;
    private static final int CLIENT = AddressBlock.address("192.168.1.10");
    private static final int SERVER = AddressBlock.address("203.0.113.1");
    private static final long INTENDED_NS = 1_764_000_000_123_456_789L;

    private final Slab slab = Slab.allocate(2048, "a frame under test");

    @AfterEach
    void free() {
        slab.close();
    }

    static List<FrameSize> sizes() {
        return Stream.concat(FrameSize.FIXED.stream(), Stream.of(FrameSize.IMIX, FrameSize.of("777")))
                .toList();
    }

    private RawFrame frame(final FrameWriter writer, final long sequence, final int flow, final int lap) {
        final byte[] bytes = new byte[writer.write(slab.address(), 300, sequence, INTENDED_NS + sequence, flow, lap)];
        Memory.copy(slab.address(), bytes, 0, bytes.length);
        return new RawFrame(bytes, writer.offload());
    }

    private static FrameWriter writer(
            final TrafficFlows flows,
            final TrafficDirection direction,
            final Checksums checksums,
            final FrameSize size) {
        return new FrameWriter(CLIENT_MAC, ROUTER_MAC, flows, direction, checksums, size);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldWriteRightFramesOfEverySize(final FrameSize size) {
        final TrafficFlows flows = TrafficFlows.fromInside(64_512, CLIENT, SERVER, 9000);
        try (FrameWriter writer = writer(flows, TrafficDirection.OUTBOUND, Checksums.FULL, size)) {
            for (int i = 0; i < 5_000; i++) {
                final int flow = i * 7 % flows.count();
                final RawFrame frame = frame(writer, i, flow, i);
                assertThat(frame.headerChecksumIsRight()).isTrue();
                assertThat(frame.transportChecksumIsRight()).isTrue();
                assertThat(frame.sourceMac()).isEqualTo("02:00:00:00:00:01");
                assertThat(frame.destinationMac()).isEqualTo("02:00:00:00:00:02");
                assertThat(AddressBlock.address(frame.source())).isEqualTo(flows.address(flow));
                assertThat(frame.sourcePort()).isEqualTo(flows.port(flow));
                assertThat(frame.destination()).isEqualTo("203.0.113.1");
                assertThat(frame.destinationPort()).isEqualTo(9000);
                assertThat(frame.ttl()).isEqualTo(64);
                assertThat(frame.totalLength()).isEqualTo(frame.bytes().length - 14);
            }
        }
    }

    @Test
    void shouldCarryTimeSequenceRunAndFlow() {
        final TrafficFlows flows = TrafficFlows.fromInside(100_000, CLIENT, SERVER, 9000);
        try (FrameWriter writer = writer(flows, TrafficDirection.OUTBOUND, Checksums.FULL, FrameSize.of("128"))) {
            final RawFrame frame = frame(writer, 0x1_8765_4321L, 99_999, 0);
            final long probe = slab.address() + FrameWriter.HEADER_BYTES;
            assertThat(Probe.intendedNs(probe)).isEqualTo(INTENDED_NS + 0x1_8765_4321L);
            assertThat(Probe.sequence(probe)).isEqualTo(0x8765_4321);
            assertThat(Probe.run(probe)).isEqualTo(300 & 0xFF);
            assertThat(Probe.flow(probe)).isEqualTo(99_999);
            assertThat(Probe.isWhole(probe, frame.udpPayload().length)).isTrue();
        }
    }

    @Test
    void shouldSeeEveryByteOfAPayloadThatIsNotWhole() {
        try (FrameWriter writer = writer(
                TrafficFlows.fromInside(1, CLIENT, SERVER, 9000),
                TrafficDirection.OUTBOUND,
                Checksums.FULL,
                FrameSize.of("256"))) {
            final int length = writer.write(slab.address(), 1, 2, INTENDED_NS, 0, 0) - FrameWriter.HEADER_BYTES;
            final long probe = slab.address() + FrameWriter.HEADER_BYTES;
            for (int at = 0; at < length; at++) {
                Memory.putU8(probe + at, Memory.u8(probe + at) ^ 0x10);
                assertThat(Probe.isWhole(probe, length)).as("byte %d", at).isFalse();
                Memory.putU8(probe + at, Memory.u8(probe + at) ^ 0x10);
            }
            assertThat(Probe.isWhole(probe, length)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(TrafficDirection.class)
    void shouldWriteEitherDirection(final TrafficDirection direction) {
        final TrafficFlows flows = TrafficFlows.fromInside(1_000, CLIENT, SERVER, 9000);
        try (FrameWriter writer = writer(flows, direction, Checksums.FULL, FrameSize.of("64"))) {
            final RawFrame frame = frame(writer, 5, 5, 0);
            final boolean outbound = direction == TrafficDirection.OUTBOUND;
            assertThat(outbound ? frame.source() : frame.destination()).isEqualTo("192.168.1.10");
            assertThat(outbound ? frame.sourcePort() : frame.destinationPort()).isEqualTo(flows.port(5));
            assertThat(outbound ? frame.destination() : frame.source()).isEqualTo("203.0.113.1");
            assertThat(outbound ? frame.destinationPort() : frame.sourcePort()).isEqualTo(9000);
            assertThat(frame.transportChecksumIsRight()).isTrue();
        }
    }

    @Test
    void shouldLeaveThePseudoHeadersSumToOffload() {
        final TrafficFlows flows = TrafficFlows.fromInside(1_000, CLIENT, SERVER, 9000);
        try (FrameWriter writer = writer(flows, TrafficDirection.OUTBOUND, Checksums.PARTIAL, FrameSize.of("64"))) {
            for (int i = 0; i < 1_000; i++) {
                final RawFrame frame = frame(writer, i, i, 0);
                assertThat(frame.offload()).isNotZero();
                assertThat(frame.headerChecksumIsRight()).isTrue();
                assertThat(frame.transportChecksumIsRight()).isTrue();
            }
        }
    }

    @Test
    void shouldComputeNoneWhenAskedForNone() {
        try (FrameWriter writer = writer(
                TrafficFlows.fromInside(1, CLIENT, SERVER, 9000),
                TrafficDirection.OUTBOUND,
                Checksums.NONE,
                FrameSize.of("64"))) {
            final RawFrame frame = frame(writer, 1, 0, 0);
            assertThat(frame.bytes()[40]).isZero();
            assertThat(frame.bytes()[41]).isZero();
            assertThat(frame.headerChecksumIsRight()).isTrue();
        }
    }

    @Test
    void shouldGiveAFlowOfAMixOneSizeAfterAnother() {
        final TrafficFlows flows = TrafficFlows.fromInside(12, CLIENT, SERVER, 9000);
        try (FrameWriter writer = writer(flows, TrafficDirection.OUTBOUND, Checksums.FULL, FrameSize.IMIX)) {
            int bytes = 0;
            for (int lap = 0; lap < 12; lap++) {
                bytes += writer.write(slab.address(), 1, lap, INTENDED_NS, 3, lap);
            }
            assertThat(bytes).isEqualTo(7 * 60 + 4 * 566 + 1514);
        }
    }
}
