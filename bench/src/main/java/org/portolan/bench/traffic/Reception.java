package org.portolan.bench.traffic;

import org.portolan.dataplane.io.Frame;

/** One run as it arrives: each frame judged and counted. One thread feeds it; read when that has let go. */
final class Reception {
    private final int run;
    private final FrameJudge judge;
    private final Endpoints endpoints;
    private final SequenceWindow window = new SequenceWindow();
    private final Faults faults = new Faults();
    private final LatencyIntervals latency = new LatencyIntervals();

    Reception(final int run, final FrameJudge judge, final Endpoints endpoints) {
        this.run = run & 0xFF;
        this.judge = judge;
        this.endpoints = endpoints;
    }

    /** A frame that is none of the test's, such as ARP, is passed over. */
    void take(final Frame frame) {
        final long address = frame.address();
        if (!judge.isOurs(address, frame.length())) {
            return;
        }
        final Fault fault = (frame.state() & Frame.TRUNCATED) != 0
                ? Fault.NOT_WHOLE
                : judge.judge(address, frame.length(), frame.offload());
        if (fault != Fault.NONE) {
            faults.count(fault);
            return;
        }
        final long probe = address + FrameWriter.HEADER_BYTES;
        if (Probe.run(probe) != run) {
            faults.count(Fault.RUN);
            return;
        }
        window.take(Probe.sequence(probe));
        faults.count(endpoints.check(Probe.flow(probe), judge.address(address), judge.port(address)));
        latency.record(frame.arrivalNs(), frame.arrivalNs() - Probe.intendedNs(probe));
    }

    /** Frames of the test so far. */
    long frames() {
        return faults.judged();
    }

    Arrivals result(final Sent sent, final long ringLost) {
        return new Arrivals(
                sent,
                window.arrived(),
                window.duplicates(),
                window.reordered(),
                window.tooLate(),
                ringLost,
                faults,
                latency);
    }
}
