package org.portolan.bench.history;

import static org.portolan.bench.history.HistoryBench.figures;
import static org.portolan.bench.history.HistoryBench.say;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.portolan.bench.history.LatencyRig.Result;

/** The rounds with a history beside those without, as text. */
final class LatencyReport {
    private static final double MIB = 1 << 20;

    private LatencyReport() {}

    static void print(final List<Result> on, final List<Result> off, final int seconds) {
        say("");
        say(
                "%,d frames a second for %d s while %,d neighbors change each second",
                LatencyRig.TRAFFIC, seconds, Churn.ADDRESSES);
        say("  %-26s %36s %36s", "latency in the router, us", "history on", "history off");
        both("p50", 1, on, off, each -> each.latency().p50() / 1e3);
        both("p90", 1, on, off, each -> each.latency().p90() / 1e3);
        both("p99", 1, on, off, each -> each.latency().p99() / 1e3);
        both("p99.9", 1, on, off, each -> each.latency().p999() / 1e3);
        both("max", 1, on, off, each -> each.latency().max() / 1e3);
        both("max of the warm-up alone", 1, on, off, each -> each.maxBefore() / 1e3);
        both("samples", 0, on, off, each -> each.latency().samples());
        both("frames sent", 0, on, off, Result::sent);
        both("frames lost", 0, on, off, Result::lost);
        both("changes made a second", 0, on, off, Result::changesPerSecond);
        both("CPU s, router process", 2, on, off, each -> each.cpu().process());
        both("CPU s, historian's thread", 2, on, off, each -> each.cpu().historian());
        say(
                "  (samples hold the warm-up's %,d frames too; one CPU is the worker's, which polls)",
                LatencyRig.WARM_UP_FRAMES);
        kept(on);
    }

    private static void both(
            final String what,
            final int decimals,
            final List<Result> on,
            final List<Result> off,
            final ToDoubleFunction<Result> figure) {
        say(
                "  %-26s %36s %36s",
                what, figures(on, figure).text(decimals), figures(off, figure).text(decimals));
    }

    private static void kept(final List<Result> on) {
        say("");
        say("what became of the changes, two passes before the traffic included");
        one("reported", 0, on, each -> each.kept().end().reported());
        one("written", 0, on, each -> each.kept().end().written());
        one("coalesced", 0, on, each -> each.kept().end().coalesced());
        one("lost", 0, on, each -> each.kept().end().lost());
        one("waiting, worst", 0, on, each -> each.kept().mostWaiting());
        one("lag, worst, ms", 0, on, each -> each.kept().mostLagMs());
        one("until none waits, s", 2, on, each -> each.kept().drainS());
        one("commits", 0, on, each -> each.kept().end().commits());
        one("batches", 0, on, each -> each.kept().end().batches());
        one("batches postponed", 0, on, each -> each.kept().end().failures());
        one("on the disk, MiB", 1, on, each -> each.kept().end().bytes() / MIB);
        final long balanced =
                on.stream().filter(each -> each.kept().end().isBalanced()).count();
        say(
                "  reported = written + coalesced + lost at the end: %s (%d of %d rounds)",
                balanced == on.size() ? "yes" : "NO", balanced, on.size());
    }

    private static void one(
            final String what, final int decimals, final List<Result> on, final ToDoubleFunction<Result> figure) {
        say("  %-26s %36s", what, figures(on, figure).text(decimals));
    }
}
