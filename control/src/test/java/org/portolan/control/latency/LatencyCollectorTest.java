package org.portolan.control.latency;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.command.Wakeup;
import org.portolan.dataplane.worker.Direction;
import org.portolan.dataplane.worker.Latency;

/** From the worker's histograms to the tracks. */
@Timeout(60)
class LatencyCollectorTest {
    private static final int RING_BYTES = 1 << 10;
    private static final int BATCHES = 50_000;
    private static final int SWAPS = 100;

    private final OneToOneRingBuffer ring = new OneToOneRingBuffer(
            new UnsafeBuffer(ByteBuffer.allocateDirect(RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH)));
    private final Wakeup wakeup = new Wakeup();
    private final Latency latency = new Latency();
    private final LatencyCollector collector = new LatencyCollector(3, latency, new CommandProxy(ring, wakeup));

    @AfterEach
    void close() {
        latency.close();
        wakeup.close();
    }

    private void runCommands() {
        ring.read((type, buffer, at, length) -> latency.swap());
    }

    private Track track(final Direction direction) {
        return collector.tracks().get(direction);
    }

    private void record(final Direction direction) {
        if (direction == Direction.INSIDE) {
            latency.noteInside(1);
        } else {
            latency.note(1);
        }
        latency.handedOver(direction);
    }

    @Test
    void shouldGatherWhatTheWorkerLeftOnceItHasLeftIt() {
        record(Direction.OUTBOUND);
        collector.ask();
        collector.collect();
        assertThat(track(Direction.OUTBOUND).total().getTotalCount())
                .as("not swapped yet")
                .isZero();
        runCommands();
        collector.collect();
        collector.collect();
        assertThat(track(Direction.OUTBOUND).total().getTotalCount()).isEqualTo(1);
        assertThat(track(Direction.INBOUND).total().getTotalCount()).isZero();
    }

    @Test
    void shouldAskAgainOnlyWhenTheLastAnswerIsIn() {
        collector.ask();
        collector.ask();
        runCommands();
        assertThat(latency.epoch()).isEqualTo(1);
        collector.collect();
        collector.ask();
        runCommands();
        assertThat(latency.epoch()).isEqualTo(2);
    }

    @Test
    void shouldEndAnIntervalWhereTheNextBegins() {
        record(Direction.INSIDE);
        collector.ask();
        runCommands();
        collector.collect();
        final Track.Interval first = track(Direction.INSIDE).take().orElseThrow();
        record(Direction.INSIDE);
        collector.ask();
        runCommands();
        collector.collect();
        final Track.Interval second = track(Direction.INSIDE).take().orElseThrow();
        assertThat(first.tag()).isEqualTo("worker-3.inside");
        assertThat(second.fromNs()).isEqualTo(first.untilNs()).isGreaterThan(first.fromNs());
        assertThat(track(Direction.INSIDE).take()).as("nothing since").isEmpty();
    }

    @Test
    void shouldJoinIntervalsThatTheFilesWereTooSlowFor() {
        for (int i = 0; i < 3; i++) {
            record(Direction.INBOUND);
            collector.ask();
            runCommands();
            collector.collect();
        }
        final Track.Interval joined = track(Direction.INBOUND).take().orElseThrow();
        assertThat(joined.durations().getTotalCount()).isEqualTo(3);
        final Track.Figures figures = track(Direction.INBOUND).figures(joined.untilNs() + 5);
        assertThat(figures.last().count()).isEqualTo(1);
        assertThat(figures.total().count()).isEqualTo(3);
        assertThat(figures.ageNs()).isEqualTo(5);
        assertThat(figures.lastNs()).isPositive().isLessThan(joined.untilNs() - joined.fromNs());
    }

    /** Worker, control and files on a thread each: every frame is in one interval and in one total. */
    @Test
    void shouldLoseNothingBetweenTheWorkerAndTheFiles() throws InterruptedException {
        final long[] recorded = new long[Direction.values().length];
        final Thread worker = Thread.ofPlatform().start(() -> work(recorded));
        final Histogram[] written = new Histogram[recorded.length];
        for (int i = 0; i < written.length; i++) {
            written[i] = Latency.histogram();
        }
        final Thread files = Thread.ofPlatform().start(() -> {
            while (worker.isAlive()) {
                takeInto(written);
            }
        });
        while (worker.isAlive()) {
            collector.ask();
            collector.collect();
        }
        files.join();
        collector.finish();
        takeInto(written);
        for (final Direction direction : Direction.values()) {
            final Histogram total = track(direction).total();
            assertThat(total.getTotalCount())
                    .isEqualTo(recorded[direction.ordinal()])
                    .isPositive();
            assertThat(written[direction.ordinal()])
                    .as("the sum of the intervals")
                    .isEqualTo(total);
        }
    }

    private void work(final long[] recorded) {
        final SplittableRandom random = new SplittableRandom(42);
        for (int batch = 0; batch < BATCHES || latency.epoch() < SWAPS; batch++) {
            runCommands();
            final Direction direction = Direction.values()[random.nextInt(recorded.length)];
            final int frames = random.nextInt(1, 5);
            for (int i = 0; i < frames; i++) {
                final long arrivalNs = System.currentTimeMillis() * 1_000_000 - random.nextInt(1_000_000);
                if (direction == Direction.INSIDE) {
                    latency.noteInside(arrivalNs);
                } else {
                    latency.note(arrivalNs);
                }
            }
            latency.handedOver(direction);
            recorded[direction.ordinal()] += frames;
        }
    }

    private void takeInto(final Histogram[] written) {
        collector.tracks().forEach((direction, track) -> {
            final Optional<Track.Interval> taken = track.take();
            taken.ifPresent(interval -> written[direction.ordinal()].add(interval.durations()));
        });
    }
}
