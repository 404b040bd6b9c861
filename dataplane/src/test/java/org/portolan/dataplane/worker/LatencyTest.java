package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.worker.WorkerRig.ip;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.neighbor.NeighborState;
import org.portolan.dataplane.system.Libc;

/** What a worker records about the frames that it hands over. */
class LatencyTest {
    private static final long MS = 1_000_000;
    private static final int NEW_HOST = ip(10, 9, 5, 5);

    private static long wallNs() {
        try (Slab timespec = Slab.allocate(16, "a timespec")) {
            return Libc.clockNs(Libc.CLOCK_REALTIME, timespec.address());
        }
    }

    private static long count(final Latency latency, final Direction direction) {
        return taken(latency, direction).getTotalCount();
    }

    private static Histogram taken(final Latency latency, final Direction direction) {
        final Histogram histogram = Latency.histogram();
        latency.drainActive(direction, histogram);
        return histogram;
    }

    @Test
    void shouldCountFromTheArrivalToTheHandOverInTheFramesOwnDirection() {
        try (Latency latency = new Latency()) {
            final long nowNs = wallNs();
            latency.note(nowNs - 5 * MS);
            latency.note(nowNs - 50 * MS);
            latency.noteInside(nowNs - 500 * MS);
            assertThat(count(latency, Direction.OUTBOUND))
                    .as("not handed over yet")
                    .isZero();
            latency.handedOver(Direction.OUTBOUND);
            latency.handedOver(Direction.OUTBOUND);
            final long tookNs = wallNs() - nowNs;
            final Histogram outbound = taken(latency, Direction.OUTBOUND);
            assertThat(outbound.getTotalCount()).isEqualTo(2);
            assertThat(outbound.getMinNonZeroValue()).isBetween(5 * MS * 99 / 100, (5 * MS + tookNs) * 101 / 100);
            assertThat(outbound.getMaxValue()).isBetween(50 * MS * 99 / 100, (50 * MS + tookNs) * 101 / 100);
            assertThat(taken(latency, Direction.INSIDE).getMaxValue()).isGreaterThanOrEqualTo(500 * MS);
            assertThat(count(latency, Direction.INBOUND)).isZero();
        }
    }

    @Test
    void shouldTakeAClockThatWasSetForNoLatencyAndCountTheLongestAsTheLongest() {
        try (Latency latency = new Latency()) {
            latency.note(wallNs() + 3_600_000 * MS);
            latency.handedOver(Direction.INBOUND);
            assertThat(taken(latency, Direction.INBOUND).getMaxValue()).isZero();
            latency.note(1);
            latency.handedOver(Direction.INBOUND);
            final Histogram longest = taken(latency, Direction.INBOUND);
            assertThat(longest.getMaxValue()).isGreaterThanOrEqualTo(Latency.HIGHEST_NS);
            assertThat(longest.getTotalCount()).isEqualTo(1);
        }
    }

    @Test
    void shouldLeaveWhatItHasAndGoOnIntoTheOther() {
        try (Latency latency = new Latency()) {
            final long beganNs = latency.swappedNs();
            latency.note(wallNs());
            latency.handedOver(Direction.INBOUND);
            latency.swap();
            latency.note(wallNs());
            latency.note(wallNs());
            latency.handedOver(Direction.INBOUND);
            assertThat(latency.epoch()).isEqualTo(1);
            assertThat(latency.swappedNs()).isGreaterThan(beganNs);
            final Histogram left = Latency.histogram();
            latency.drainIdle(Direction.INBOUND, left);
            latency.drainIdle(Direction.INBOUND, left);
            assertThat(left.getTotalCount()).as("taken once").isEqualTo(1);
            assertThat(count(latency, Direction.INBOUND)).isEqualTo(2);
        }
    }

    @Test
    void shouldKeepAHistogramSmallEnoughForTheCaches() {
        assertThat(Latency.histogram().getEstimatedFootprintInBytes()).isLessThan(30_000);
        assertThat(Latency.histogram().highestEquivalentValue(1_000_000)).isLessThan(1_010_000);
    }

    @Test
    void shouldTellTheDirectionsOfAWorkersFramesApart() {
        try (WorkerRig rig = new WorkerRig(2_000, 2_000, 100);
                TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
                TestFrames outside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.WAN_MAC)) {
            for (int i = 0; i < 100; i++) {
                rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5000, WorkerRig.SERVER, 53, 20));
                rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5000, WorkerRig.DMZ_HOST, 53, 20));
            }
            rig.run();
            rig.wan.arrive(outside.udp(WorkerRig.SERVER, 53, WorkerRig.POOL, 5000, 20));
            rig.lan.arrive(inside.echo(WorkerRig.CLIENT, WorkerRig.LAN, 8, 7));
            rig.run();
            final Latency latency = rig.worker.latency();
            assertThat(count(latency, Direction.OUTBOUND)).isEqualTo(100);
            assertThat(count(latency, Direction.INSIDE)).isEqualTo(100);
            assertThat(count(latency, Direction.INBOUND)).isEqualTo(1);
            assertThat(rig.counters.sent())
                    .as("the router's own answer is none of them")
                    .isEqualTo(201);
        }
    }

    @Test
    void shouldNotCallTheWaitForANeighborLatency() {
        try (WorkerRig rig = new WorkerRig(2_000, 2_000, 100);
                TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC)) {
            rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 5000, NEW_HOST, 53, 20));
            rig.run();
            rig.dmzNeighbors.publish(NEW_HOST, WorkerRig.HOST_MAC, NeighborState.REACHABLE);
            rig.run();
            assertThat(rig.counters.sent()).isEqualTo(1);
            assertThat(count(rig.worker.latency(), Direction.INSIDE)).isZero();
        }
    }
}
