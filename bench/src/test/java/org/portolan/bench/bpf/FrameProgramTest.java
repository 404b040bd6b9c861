package org.portolan.bench.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.traffic.Checksums;
import org.portolan.bench.traffic.FrameSize;
import org.portolan.bench.traffic.FrameWriter;
import org.portolan.bench.traffic.Probe;
import org.portolan.bench.traffic.TrafficDirection;
import org.portolan.bench.traffic.TrafficFlows;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Bpf;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Udp;

/** The kernel runs the program over frames that go nowhere; the writer of the other generators says what is right. */
@NeedsLiveFrames
class FrameProgramTest {
    private static final int LOOPBACK = 1;
    private static final int HOST = 0xC0A8_010A;
    private static final int PEER = 0xCB00_7101;
    private static final long BEGAN_NS = 1_800_000_000_123_456_789L;
    private static final double GAP_NS = 1e9 / 300_000;

    private final Slab slab = Slab.allocate(4096, "test");
    private final long expected = slab.address();
    private final long actual = slab.address() + 2048;
    private FrameWriter writer;

    @AfterEach
    void close() {
        if (writer != null) {
            writer.close();
        }
        slab.close();
    }

    private FrameProgram program(
            final int flows, final TrafficDirection direction, final Checksums checksums, final String size) {
        writer = new FrameWriter(
                0x0200_0000_0001L,
                0x0200_0000_0002L,
                TrafficFlows.fromInside(flows, HOST, PEER, 9000),
                direction,
                checksums,
                FrameSize.of(size));
        return new FrameProgram(writer, LOOPBACK);
    }

    /** The next frame, its place {@link #actual}; the program gets what it left last time, as it does on live pages. */
    private byte[] next(final FrameProgram program, final byte[] frame) {
        final TestRun run = TestRun.of(program.descriptor(), frame, 1);
        assertThat(run.verdict()).isEqualTo(Bpf.XDP_REDIRECT);
        Memory.copy(run.frame(), 0, actual, run.frame().length);
        return run.frame();
    }

    @ParameterizedTest
    @CsvSource({
        "1, OUTBOUND, FULL, 64, 1, 100",
        "1000, OUTBOUND, FULL, 64, 200, 2500",
        "1000, INBOUND, FULL, 64, 7, 2500",
        "1000, OUTBOUND, NONE, 128, 8, 2500",
        "64512, OUTBOUND, FULL, 65, 9, 20000",
        "4128768, INBOUND, FULL, 1518, 255, 2000",
    })
    void shouldMakeTheFramesThatTheWriterWrites(
            final int flows,
            final TrafficDirection direction,
            final Checksums checksums,
            final String size,
            final int run,
            final int frames) {
        try (FrameProgram program = program(flows, direction, checksums, size)) {
            program.beginAtRate(run, BEGAN_NS, GAP_NS);
            byte[] frame = program.template().frame();
            for (int n = 0; n < frames; n++) {
                frame = next(program, frame);
                final long dueNs = Probe.intendedNs(actual + FrameTemplate.PROBE_AT);
                assertThat(dueNs - BEGAN_NS).isBetween((long) (n * GAP_NS) - 1, (long) (n * GAP_NS));
                final int bytes = writer.write(expected, run, n, dueNs, n % flows, n / flows);
                assertThat(frame).as("frame %d", n).isEqualTo(copy(expected, bytes));
            }
            assertThat(program.frames()).isEqualTo(frames);
        }
    }

    private static byte[] copy(final long address, final int bytes) {
        final byte[] copy = new byte[bytes];
        Memory.copy(address, copy, 0, bytes);
        return copy;
    }

    @Test
    void shouldSendEveryFlowOnceBeforeAnyTwiceWithRightChecksums() {
        final int flows = 5000;
        try (FrameProgram program = program(flows, TrafficDirection.OUTBOUND, Checksums.FULL, "64")) {
            final long ip = actual + FrameTemplate.IP_AT;
            final long udp = actual + FrameTemplate.UDP_AT;
            byte[] frame = program.template().frame();
            for (int lap = 0; lap < 2; lap++) {
                final BitSet seen = new BitSet();
                for (int n = 0; n < flows; n++) {
                    frame = next(program, frame);
                    seen.set((Ipv4.source(ip) & 0x7FFF) << 16 | Udp.sourcePort(udp));
                    assertThat(InternetChecksum.of(ip, Ipv4.HEADER_BYTES)).isZero();
                    assertThat(InternetChecksum.ofTransport(
                                    udp, Udp.length(udp), Ipv4.source(ip), Ipv4.destination(ip), Ipv4.UDP))
                            .isZero();
                }
                assertThat(seen.cardinality()).isEqualTo(flows);
            }
        }
    }

    @Test
    void shouldStampTheClockWhenNoRateIsGiven() {
        try (FrameProgram program = program(10, TrafficDirection.OUTBOUND, Checksums.FULL, "64")) {
            program.beginFlatOut(1, 1_000_000_000_000_000_000L);
            final long before = System.nanoTime();
            next(program, program.template().frame());
            final long stampNs = Probe.intendedNs(actual + FrameTemplate.PROBE_AT) - 1_000_000_000_000_000_000L;
            assertThat(stampNs).isBetween(before, System.nanoTime());
        }
    }

    @Test
    void shouldBeginEachRunWithItsFirstFrameAndTheNextFlow() {
        try (FrameProgram program = program(10, TrafficDirection.OUTBOUND, Checksums.FULL, "64")) {
            for (int run = 1; run < 4; run++) {
                program.beginAtRate(run, BEGAN_NS, GAP_NS);
                next(program, program.template().frame());
                assertThat(Probe.sequence(actual + FrameTemplate.PROBE_AT)).isZero();
                assertThat(Probe.flow(actual + FrameTemplate.PROBE_AT)).isEqualTo(2 * (run - 1));
                assertThat(Probe.run(actual + FrameTemplate.PROBE_AT)).isEqualTo(run);
                next(program, program.template().frame());
            }
        }
    }

    @Test
    void shouldSayWhatItCannotSend() {
        assertThatThrownBy(() -> program(10, TrafficDirection.OUTBOUND, Checksums.FULL, "imix"))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("all of one size: take the transmit ring");
        writer.close();
        assertThatThrownBy(() -> program(10, TrafficDirection.OUTBOUND, Checksums.PARTIAL, "64"))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("nothing to offload");
    }
}
