package org.portolan.bench.traffic;

/**
 * What a generator did in one run.
 *
 * @param load what it was asked for
 * @param frames handed to the kernel; their sequence numbers are 0 to frames - 1
 * @param seconds from the first frame to the end of the last system call
 * @param refused times that the generator's queue to the kernel had no room for a frame; it went later
 * @param dropped frames that the sender's own device dropped because there was no room at the other end (for a veth the
 *     receiving CPU's backlog): they never reached the device under test
 * @param lateNs how much later than intended frames had left: 99th percentile, ns; 0 flat out, where none is due
 * @param latestNs the most of them, ns
 */
public record Sent(Load load, long frames, double seconds, long refused, long dropped, long lateNs, long latestNs) {
    public double perSecond() {
        return frames / seconds;
    }

    /** Frames that were due and not sent, because the generator could not keep up: it is the limit then. */
    public long behind() {
        return load.perSecond() == 0 ? 0 : load.frames() - frames;
    }
}
