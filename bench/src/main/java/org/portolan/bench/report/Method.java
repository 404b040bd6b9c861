package org.portolan.bench.report;

import java.util.List;
import org.portolan.bench.run.Rounds;
import org.portolan.bench.run.RunInfo;

/** How the figures came about, how to read them, and how to get one's own. */
final class Method {
    /** Where somebody's files are is of no use to others. */
    private static final String PLACES = " --(out|resume) \\S+";

    private static final List<String> NOTES = List.of(
            "Rounds are interleaved: each round measures every device before the next one begins, so that a machine"
                    + " that is slower for a while is so for all. A figure is the median of its rounds, with the"
                    + " least and the most below it.",
            "%s before a figure: its rounds lie further apart than %.0f %% of the median. Take the order of magnitude."
                    .formatted(Numbers.ABOUT, Rounds.WIDE * 100),
            "Ratios are made round by round, then their median and range are taken. Ratios of one run compare;"
                    + " figures of different machines do not.",
            "Frame sizes are in bytes with FCS (RFC 2544 section 9). The sink counts a frame when it came"
                    + " translated, with the right source; it looks at one frame in so many whole.",
            "Load is open loop: frames are sent when they are due, whatever became of those before. Latency counts"
                    + " from the time at which a frame was meant to be sent, so that a stall is not left out (no"
                    + " coordinated omission).",
            "CPU time is that of the whole machine for a million frames delivered, the generator's included: a"
                    + " kernel's NAT works on the sender's time, and would cost nothing if only a process of its own"
                    + " counted.",
            "The machine's own pauses are those of a thread that does nothing but read the clock: a tail below them"
                    + " says nothing about a device.",
            "After RFC 2544 (throughput), RFC 8219 (latency), RFC 9693 (new sessions of a stateful NAT) and RFC 4814"
                    + " (pseudo-random ports).");

    private Method() {}

    static void write(final Markup page, final RunInfo info) {
        page.open("section", "id", "method")
                .element("h2", "How it was measured")
                .open("ul");
        NOTES.forEach(each -> page.element("li", each));
        page.close()
                .element("h3", "Do it again")
                .element("pre", command(info))
                .close()
                .line();
    }

    /** The command that makes such a run: the run's own word, or that of its plan. */
    static String command(final RunInfo info) {
        return info.settings()
                .getOrDefault("command", "sudo scripts/bench " + info.plan())
                .replaceAll(PLACES, "");
    }
}
