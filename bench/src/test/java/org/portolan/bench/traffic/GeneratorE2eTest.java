package org.portolan.bench.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.portolan.bench.e2e.NeedsRoot;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.RawFrame;
import org.portolan.bench.lab.RawSocket;

/** What leaves the generator, seen at the other end of its cable with nothing between. */
@NeedsRoot
class GeneratorE2eTest {
    private static final int FLOWS = 100;
    private static final int SERVER = AddressBlock.address(Lab.SERVER_ADDRESS);
    private static final int CLIENT = AddressBlock.address(Lab.CLIENT_ADDRESS);

    private static Lab lab;
    private static TrafficFlows flows;

    @BeforeAll
    static void build() {
        lab = Lab.builder().build();
        flows = TrafficFlows.fromInside(FLOWS, CLIENT, SERVER, 9000);
    }

    @AfterAll
    static void tearDown() {
        lab.close();
    }

    private static long mac(final String text) {
        return Long.parseLong(text.replace(":", ""), 16);
    }

    private static RingGenerator generator(final FrameSize size) {
        return generator(lab, size);
    }

    private static RingGenerator generator(final Lab where, final FrameSize size) {
        final long router = mac(where.router().deviceMac(Lab.LAN));
        return new RingGenerator(
                where.client(),
                new FrameWriter(
                        mac(where.client().mac()), router, flows, TrafficDirection.OUTBOUND, Checksums.FULL, size),
                -1);
    }

    /** Frames in the order in which they came, until none comes any more. */
    private static List<RawFrame> arrived(final RawSocket socket) {
        final List<RawFrame> frames = new ArrayList<>();
        while (true) {
            final var frame = socket.await(each -> each.carries(RawFrame.UDP_PROTOCOL), 200);
            if (frame.isEmpty()) {
                return frames;
            }
            frames.add(frame.get());
        }
    }

    @Test
    void shouldSendFrameNAtNTimesTheGapWithFlowNModuloTheFlows() {
        try (RingGenerator generator = generator(FrameSize.IMIX);
                RawSocket wire = RawSocket.open(lab.router(), Lab.LAN)) {
            final long beforeNs = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
            final Load load = Load.at(5_000, 0.5).resting(100_000);
            final Sent sent = generator.run(load);
            final List<RawFrame> frames = arrived(wire);
            assertThat(sent.frames()).isEqualTo(2_500 - sent.behind()).isGreaterThan(12 * FLOWS);
            assertThat(sent.dropped()).isZero();
            assertThat(sent.seconds()).isGreaterThanOrEqualTo(0.49);
            assertThat(frames).hasSize((int) sent.frames());
            final long afterNs = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() + 1);
            final long firstNs = ByteBuffer.wrap(frames.getFirst().udpPayload()).getLong(0);
            assertThat(firstNs).isBetween(beforeNs, afterNs);
            for (int n = 0; n < frames.size(); n++) {
                final RawFrame frame = frames.get(n);
                final ByteBuffer payload = ByteBuffer.wrap(frame.udpPayload());
                final int flow = n % FLOWS;
                assertThat(payload.getLong(0) - firstNs).isEqualTo(n * 200_000L);
                assertThat(payload.getInt(8)).isEqualTo(n);
                assertThat(payload.getInt(12)).isEqualTo((load.run() & 0xFF) << 24 | flow);
                assertThat(frame.sourcePort()).isEqualTo(flows.port(flow));
                assertThat(frame.transportChecksumIsRight()).isTrue();
            }
            // Twelve laps have each flow in each size.
            final double bytes = frames.stream()
                    .limit(12 * FLOWS)
                    .mapToLong(frame -> frame.bytes().length)
                    .sum();
            assertThat(bytes / (12 * FLOWS)).isCloseTo(FrameSize.IMIX.meanBytes(), within(1e-9));
        }
    }

    @Test
    void shouldSayHowLateItWas() {
        try (RingGenerator generator = generator(FrameSize.of("64"))) {
            // At rest for 20 ms at a time, half of the frames leave more than 10 ms late.
            final Sent sent = generator.run(Load.at(10_000, 0.5).resting(20_000_000));
            assertThat(sent.lateNs()).isGreaterThan(15_000_000);
            assertThat(sent.latestNs()).isGreaterThanOrEqualTo(sent.lateNs());
        }
    }

    @Test
    void shouldSayHowFarBehindItIsWhenAskedForMoreThanItCan() {
        try (RingGenerator generator = generator(FrameSize.of("64"))) {
            final Sent sent = generator.run(Load.at(50_000_000, 0.2));
            assertThat(sent.behind()).isEqualTo(10_000_000 - sent.frames()).isPositive();
            assertThat(sent.seconds()).isGreaterThanOrEqualTo(0.2);
        }
    }

    @Test
    void shouldCountFlatOutWhatArrives() {
        final Passage cable = new Passage(TrafficDirection.OUTBOUND, new AddressBlock(CLIENT, 1), SERVER, 9000, 0);
        try (KernelSink sink = new KernelSink(lab.router(), Lab.LAN, cable, Checksums.FULL);
                RingGenerator generator = generator(FrameSize.of("64"))) {
            final Sent sent = generator.run(Load.flatOut(0.5));
            assertThat(sent.lateNs()).isZero();
            assertThat(sink.delivered())
                    .isEqualTo(sent.frames() - sent.dropped())
                    .isPositive();
            assertThat(sink.sampled().wrong()).as(sink.sampled().toString()).isZero();
        }
    }

    @Test
    void shouldAllocateNothingForAFrame() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final Passage cable = new Passage(TrafficDirection.OUTBOUND, new AddressBlock(CLIENT, 1), SERVER, 9000, 0);
        try (KernelSink _ = new KernelSink(lab.router(), Lab.LAN, cable, Checksums.FULL);
                RingGenerator generator = generator(FrameSize.of("64"))) {
            generator.run(Load.at(200_000, 2));
            for (int window = 0; window < 5; window++) {
                final long before = threads.getTotalThreadAllocatedBytes();
                final Sent sent = generator.run(Load.at(200_000, 0.5));
                // The sampler makes a frame's object in 256, some 200 bytes; a run makes a thread.
                final double bytes = threads.getTotalThreadAllocatedBytes() - before - 100_000.0;
                assertThat(bytes / sent.frames()).as("heap bytes a frame").isLessThan(4);
            }
        }
    }

    @Test
    void shouldSayThatItsDeviceIsDown() {
        try (Lab other = Lab.builder().build();
                RingGenerator generator = generator(other, FrameSize.IMIX)) {
            other.client().namespace().ip("link", "set", Host.DEVICE, "down");
            assertThatThrownBy(() -> generator.run(Load.at(1_000, 0.1)))
                    .isInstanceOf(LabException.class)
                    .hasMessageContaining("eth in " + other.client().namespace() + " went down");
        }
    }
}
