package org.portolan.bench.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.LabException;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Udp;

class ReceptionTest {
    private static final long ROUTER_MAC = 0x02_00_00_00_00_02L;
    private static final long NOW_NS = 1_764_000_000_000_000_000L;
    private static final long LATENCY_NS = 12_345;

    private final FaultyFrames frames = new FaultyFrames(1L << 41, ROUTER_MAC, 100, FrameSize.of("64"));
    private final Slab slab = Slab.allocate(2048, "a received frame");
    private final Frame frame = new Frame();
    private final FrameJudge judge = new FrameJudge(FaultyFrames.UNCHANGED, ROUTER_MAC, Checksums.FULL);
    private final Endpoints.Learned endpoints = new Endpoints.Learned(frames.flows(), FaultyFrames.UNCHANGED.outside());
    private final Reception reception = new Reception(FaultyFrames.RUN, judge, endpoints);

    @AfterEach
    void free() {
        frames.close();
        slab.close();
    }

    private void receive(final Reception by, final byte[] bytes, final int state) {
        Memory.copy(bytes, 0, slab.address(), bytes.length);
        final long arrivalNs = Probe.intendedNs(slab.address() + FaultyFrames.PROBE) + LATENCY_NS;
        frame.set(slab.address(), bytes.length, Offload.NONE, arrivalNs, state);
        by.take(frame);
    }

    private void receive(final byte[] bytes) {
        receive(reception, bytes, 0);
    }

    private byte[] right(final int sequence) {
        return frames.right(sequence, sequence % frames.flows().count(), NOW_NS + sequence * 1_000_000L);
    }

    private Arrivals result(final long sent) {
        return reception.result(new Sent(new Load(FaultyFrames.RUN, 1, sent, 0), sent, 1, 0, 0, 0, 0), 0);
    }

    @Test
    void shouldFindARightRunRight() {
        for (int i = 0; i < 3_000; i++) {
            receive(right(i));
        }
        final Arrivals arrivals = result(3_000);
        assertThat(arrivals.right()).as(arrivals.toString()).isTrue();
        assertThat(arrivals.latency().all().getTotalCount()).isEqualTo(3_000);
        assertThat(arrivals.latency().all().getMaxValue()).isBetween(LATENCY_NS, LATENCY_NS + 10);
        assertThat(arrivals.latency().intervals()).hasSize(3);
        assertThat(endpoints.flows().port(17)).isEqualTo(frames.flows().port(17));
    }

    @Test
    void shouldTellWhatWasLostDoubledAndOvertaken() {
        for (final int sequence : new int[] {0, 1, 1, 4, 2, 5, 7, 7, 7}) {
            receive(right(sequence));
        }
        final Arrivals arrivals = result(10);
        assertThat(arrivals.right()).isFalse();
        assertThat(arrivals.lost()).isEqualTo(4);
        assertThat(arrivals.duplicates()).isEqualTo(3);
        assertThat(arrivals.reordered()).isEqualTo(1);
        assertThat(arrivals.toString())
                .startsWith("10 sent, 4 lost (0 by the sink), 3 duplicates, 1 reordered, 0 too late; ")
                .contains("; 9 judged, 0 wrong; latency p50 12.4 us");
    }

    @Test
    void shouldSeeAFlowThatMoved() {
        receive(right(0));
        receive(frames.wrong(Fault.FLOW_MOVED, right(100)));
        assertThat(result(2).faults().of(Fault.FLOW_MOVED)).isEqualTo(1);
    }

    @Test
    void shouldSeeTwoFlowsOfOneEndpointWhicheverCameFirst() {
        receive(right(1));
        receive(frames.wrong(Fault.ENDPOINT_SHARED, right(0)));
        receive(right(2));
        receive(frames.rewritten(
                right(102),
                at -> Udp.putSourcePort(at + FaultyFrames.UDP, frames.flows().port(1))));
        assertThat(result(4).faults().of(Fault.ENDPOINT_SHARED)).isEqualTo(2);
        assertThat(result(4).faults().wrong()).isEqualTo(2);
        assertThatThrownBy(endpoints::flows)
                .isInstanceOf(LabException.class)
                .hasMessage("only 2 of 100 flows have arrived so far");
    }

    @Test
    void shouldKnowInboundFlowsFromTheStart() {
        final Endpoints known = Endpoints.known(frames.flows());
        assertThat(known.check(3, frames.flows().address(3), frames.flows().port(3)))
                .isEqualTo(Fault.NONE);
        assertThat(known.check(3, frames.flows().address(3), frames.flows().port(4)))
                .isEqualTo(Fault.FLOW_MOVED);
        assertThat(known.check(100, FaultyFrames.CLIENT, 1)).isEqualTo(Fault.PAYLOAD);
    }

    @Test
    void shouldTakeNoFrameOfAnotherRunForItsOwn() {
        final Reception next = new Reception(FaultyFrames.RUN + 1, judge, endpoints);
        receive(next, right(0), 0);
        final Arrivals arrivals = next.result(new Sent(new Load(FaultyFrames.RUN + 1, 1, 1, 0), 1, 1, 0, 0, 0, 0), 0);
        assertThat(arrivals.faults().of(Fault.RUN)).isEqualTo(1);
        assertThat(arrivals.lost()).isEqualTo(1);
    }

    @Test
    void shouldCountATruncatedFrameAsWrong() {
        receive(reception, right(0), Frame.TRUNCATED);
        assertThat(result(1).faults().of(Fault.NOT_WHOLE)).isEqualTo(1);
    }

    @Test
    void shouldSayThatClocksDifferWhenAFrameArrivesBeforeItsTime() {
        Memory.copy(right(0), 0, slab.address(), 60);
        frame.set(slab.address(), 60, Offload.NONE, NOW_NS - 1, 0);
        reception.take(frame);
        assertThat(result(1).latency().beforeTheirTime()).isEqualTo(1);
    }

    @Test
    void shouldPassOverWhatIsNotTheTests() {
        receive(new byte[60]);
        receive(frames.rewritten(right(0), at -> Udp.putDestinationPort(at + FaultyFrames.UDP, 53)));
        assertThat(result(0).right()).isTrue();
    }

    @Test
    void shouldAllocateNothingForAFrame() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Memory.copy(right(0), 0, slab.address(), 60);
        long least = Long.MAX_VALUE;
        for (int window = 0; window < 10 && least > 0; window++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20_000; i++) {
                frame.set(slab.address(), 60, Offload.NONE, NOW_NS + LATENCY_NS, 0);
                reception.take(frame);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isZero();
        assertThat(result(1).duplicates()).isPositive();
    }
}
