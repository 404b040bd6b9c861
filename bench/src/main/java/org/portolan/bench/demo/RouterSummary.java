package org.portolan.bench.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.portolan.bench.lab.JsonValue;
import org.portolan.bench.lab.PortolanProcess;

/** What the router says about itself after the traffic, by the same answers that its operator gets. */
final class RouterSummary {
    private static final int SESSIONS_SHOWN = 5;

    private final Console console;
    private final PortolanProcess router;

    RouterSummary(final Console console, final PortolanProcess router) {
        this.console = console;
        this.router = router;
    }

    void print() {
        final JsonValue stats = router.askJson("stats");
        latency(stats.get("latency_ns"));
        frames(stats);
        sessions(stats.get("tables"));
        console.blank();
        console.heading("Neighbors (portolan arp)");
        table("arp");
        console.blank();
        console.heading("What the neighbors did (portolan arp graph)");
        table("arp-graph", "--width=" + console.columns());
        drops(stats);
    }

    private void latency(final JsonValue latency) {
        console.blank();
        console.heading("Latency inside the router, microseconds");
        console.line("  %-20s %12s %9s %9s %9s %9s %9s".formatted("", "frames", "p50", "p90", "p99", "p99.9", "max"));
        latency.members().forEach((name, each) -> {
            if (each.get("samples").number() > 0) {
                latency(name, each);
            }
        });
    }

    private void latency(final String name, final JsonValue figures) {
        console.line(Console.number(
                "  %-20s %,12d %9.1f %9.1f %9.1f %9.1f %9.1f",
                name,
                figures.get("samples").number(),
                figures.get("p50").number() / 1e3,
                figures.get("p90").number() / 1e3,
                figures.get("p99").number() / 1e3,
                figures.get("p99_9").number() / 1e3,
                figures.get("max").number() / 1e3));
    }

    private void frames(final JsonValue stats) {
        console.blank();
        console.heading("Frames (portolan stats)");
        final Map<String, JsonValue> frames = stats.get("frames").members();
        final List<String> words = new ArrayList<>();
        for (final String name : List.of("received", "sent", "consumed", "held")) {
            if (frames.containsKey(name)) {
                words.add(
                        "%s %s".formatted(name, Console.number(frames.get(name).number())));
            }
        }
        words.add("dropped " + Console.number(stats.get("dropped").number()));
        console.line("  " + String.join(", ", words));
    }

    private void sessions(final JsonValue tables) {
        final Map<String, JsonValue> sizes = tables.members();
        console.blank();
        console.heading("Sessions%s, the %d busiest (portolan sessions --sort bytes)"
                .formatted(
                        sizes.containsKey("sessions")
                                ? " " + Console.number(sizes.get("sessions").number())
                                : "",
                        SESSIONS_SHOWN));
        table("sessions", "--sort=bytes", "--limit=" + SESSIONS_SHOWN);
    }

    private void drops(final JsonValue stats) {
        console.blank();
        console.heading("Drops by reason");
        final List<String> lines = new ArrayList<>();
        stats.get("drops").members().forEach((name, count) -> add(lines, name, count));
        stats.get("kernel").members().forEach((name, count) -> {
            if (name.endsWith("_lost")) {
                add(lines, name, count);
            }
        });
        if (lines.isEmpty()) {
            lines.add("  none");
        }
        lines.forEach(console::line);
    }

    private static void add(final List<String> lines, final String name, final JsonValue count) {
        if (count.number() != 0) {
            lines.add(Console.number("  %-28s %,12d", name, count.number()));
        }
    }

    private void table(final String verb, final String... options) {
        final List<String> words = new ArrayList<>(List.of(verb));
        words.addAll(List.of(options));
        if (console.color()) {
            words.add("--color");
        }
        console.indented(router.ask(words.toArray(String[]::new)));
    }
}
