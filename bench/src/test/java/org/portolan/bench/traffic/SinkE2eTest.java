package org.portolan.bench.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.portolan.bench.e2e.NeedsRoot;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.RawFrame;
import org.portolan.bench.lab.RawSocket;
import org.portolan.dataplane.io.Offload;

/** Frames that no right device would send, put on the wire by hand: each kind is seen, and counted as what it is. */
@NeedsRoot
class SinkE2eTest {
    private static final int EACH = 3;

    private static Lab lab;
    private static FaultyFrames frames;
    private static RawSocket wire;

    @BeforeAll
    static void build() {
        lab = Lab.builder().build();
        final long routerMac = mac(lab.router().deviceMac(Lab.LAN));
        frames = new FaultyFrames(mac(lab.client().mac()), routerMac, 100, FrameSize.of("256"));
        wire = RawSocket.open(lab.client().namespace(), Host.DEVICE);
    }

    @AfterAll
    static void tearDown() {
        wire.close();
        frames.close();
        lab.close();
    }

    private static long mac(final String text) {
        return Long.parseLong(text.replace(":", ""), 16);
    }

    private static CheckingSink sink() {
        return new CheckingSink(lab.router(), Lab.LAN, FaultyFrames.UNCHANGED, Checksums.FULL, frames.flows(), -1);
    }

    private static long nowNs() {
        return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    }

    private static Arrivals send(final CheckingSink sink, final List<byte[]> bytes) {
        sink.begin(new Load(FaultyFrames.RUN, 1, bytes.size(), 0));
        bytes.forEach(each -> wire.send(new RawFrame(each, Offload.NONE)));
        return sink.end(new Sent(new Load(FaultyFrames.RUN, 1, bytes.size(), 0), bytes.size(), 1, 0, 0, 0, 0));
    }

    private static List<byte[]> run(final int count) {
        final List<byte[]> run = new ArrayList<>();
        final long beganNs = nowNs() - TimeUnit.SECONDS.toNanos(1);
        for (int i = 0; i < count; i++) {
            run.add(frames.right(i, i % frames.flows().count(), beganNs + i));
        }
        return run;
    }

    @Test
    void shouldPassWhatIsRight() {
        try (CheckingSink sink = sink()) {
            final Arrivals arrivals = send(sink, run(1_000));
            assertThat(arrivals.right()).as(arrivals.toString()).isTrue();
            assertThat(sink.kernel().delivered()).isEqualTo(1_000);
        }
    }

    @Test
    void shouldCatchFramesLostDoubledAndOutOfOrder() {
        try (CheckingSink sink = sink()) {
            final List<byte[]> run = run(1_000);
            run.add(500, run.get(499));
            Collections.swap(run, 100, 101);
            final byte[] lost = run.remove(900);
            final Arrivals arrivals = send(sink, run);
            assertThat(lost).hasSize(252);
            assertThat(arrivals.duplicates()).isEqualTo(1);
            assertThat(arrivals.reordered()).isEqualTo(1);
            assertThat(arrivals.lost()).isEqualTo(1);
            assertThat(arrivals.right()).isFalse();
            assertThat(arrivals.faults().wrong()).isZero();
        }
    }

    @Test
    void shouldCatchEachKindOfWrongFrameAndNameIt() {
        for (final Fault fault : Fault.values()) {
            // What is too short for a probe is nobody's frame, and lost; the run is ReceptionTest's.
            if (fault == Fault.NONE || fault == Fault.NOT_WHOLE || fault == Fault.RUN) {
                continue;
            }
            try (CheckingSink sink = sink()) {
                final List<byte[]> run = run(200);
                for (int i = 0; i < EACH; i++) {
                    run.set(100 + 10 * i, frames.wrong(fault, run.get(100 + 10 * i)));
                }
                final Arrivals arrivals = send(sink, run);
                assertThat(arrivals.faults().of(fault))
                        .as(fault + ": " + arrivals)
                        .isEqualTo(EACH);
                assertThat(arrivals.faults().wrong())
                        .as(fault + ": " + arrivals)
                        .isEqualTo(EACH);
                assertThat(arrivals.right()).isFalse();
            }
        }
    }

    @Test
    void shouldCatchEachKindInTheSampleToo() throws InterruptedException {
        for (final Fault fault : FaultyFrames.ALONE) {
            try (KernelSink sink = new KernelSink(lab.router(), Lab.LAN, FaultyFrames.UNCHANGED, Checksums.FULL)) {
                for (int i = 0; i < EACH; i++) {
                    wire.send(new RawFrame(frames.wrong(fault, frames.sampled(i, i, nowNs())), Offload.NONE));
                    final byte[] unsampled = frames.sampled(i, i, nowNs());
                    unsampled[FaultyFrames.PROBE + Probe.SAMPLE_OFFSET] = 1;
                    wire.send(new RawFrame(unsampled, Offload.NONE));
                }
                final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
                while (sink.sampled().judged() < EACH && System.nanoTime() < deadlineNs) {
                    Thread.sleep(10);
                }
                assertThat(sink.sampled().of(fault))
                        .as(fault + ": " + sink.sampled())
                        .isEqualTo(EACH);
                assertThat(sink.sampled().judged()).isEqualTo(EACH);
                assertThat(sink.strangers()).as(fault.text).isEqualTo(fault == Fault.ADDRESS ? EACH : 0);
            }
        }
    }
}
