package org.portolan.control.replay;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.agrona.concurrent.Agent;
import org.portolan.control.config.Config;
import org.portolan.control.device.DeviceCheck;
import org.portolan.control.device.RouterMac;
import org.portolan.control.log.Log;
import org.portolan.control.start.Dataplane;
import org.portolan.control.verb.ReplayLauncher;
import org.portolan.control.verb.ReplayOrder;
import org.portolan.dataplane.io.pcap.PcapDriver;
import org.portolan.dataplane.io.pcap.PcapSummary;
import org.portolan.dataplane.system.NetworkDevice;
import org.portolan.dataplane.worker.Worker;

/**
 * One replay: the router's own worker and controller, in turns on one thread, on files and a clock that stands still
 * until both have nothing left to do. Then it moves to the next frame's time, or by a step, so that every timer fires
 * at its time and not at the machine's.
 */
public final class Replay {
    /** The finest timer of the router: a slice of the expiry scan. */
    private static final long STEP_NS = 10_000_000L;

    /** Longer than a frame waits for its neighbor. */
    private static final long REST_NS = 5_000_000_000L;

    private static final long MILLI_NS = 1_000_000L;

    /** Turns after which a moment that does not end is an error of the router's. */
    private static final int MOST_TURNS = 1_000_000;

    private static final String COUNTERS = "counters.txt";

    /** Makes the control thread's agent, begun and without a history; a replay knows no more of it. */
    @FunctionalInterface
    public interface Control {
        Agent begin(Config config, Dataplane dataplane, Log log);
    }

    private final Config config;
    private final ReplayOrder order;
    private final Control control;
    private final ReplayClock clock;
    private final PcapDriver driver;
    private final long startNs;
    private final long endNs;

    private Replay(
            final Config config, final ReplayOrder order, final List<PcapSummary> inputs, final Control control) {
        this.config = config;
        this.order = order;
        this.control = control;
        startNs = inputs.stream()
                .filter(each -> each.packets() > 0)
                .mapToLong(PcapSummary::firstNs)
                .min()
                .orElse(0);
        final long lastNs = inputs.stream().mapToLong(PcapSummary::lastNs).max().orElse(startNs);
        endNs = order.untilNs().isPresent() ? startNs + order.untilNs().getAsLong() : lastNs + REST_NS;
        clock = new ReplayClock(startNs);
        driver = new PcapDriver(order.inputs(), order.directory(), clock);
    }

    /** Replays with that controller, and writes the results. */
    public static ReplayLauncher with(final Control control) {
        return (config, order, warnings) -> run(config, order, warnings, control);
    }

    private static String run(
            final Config config, final ReplayOrder order, final PrintStream warnings, final Control control)
            throws IOException {
        requireInterfaces(config, "--in", order.inputs().keySet());
        requireInterfaces(config, "--mac", order.macs().keySet());
        final List<PcapSummary> inputs = new ArrayList<>();
        for (final Config.Interface each : config.interfaces()) {
            final Path input = order.inputs().get(each.name());
            if (input != null) {
                inputs.add(PcapSummary.of(input));
            }
        }
        Files.createDirectories(order.directory());
        requireOutputsApart(config, order);
        try {
            return new Replay(config, order, inputs, control).run(warnings);
        } catch (final UncheckedIOException e) {
            throw e.getCause();
        } catch (final IllegalStateException e) {
            // What a file said when it was closed with the dataplane.
            if (e.getCause() instanceof final UncheckedIOException io) {
                throw io.getCause();
            }
            throw e;
        }
    }

    private static void requireInterfaces(final Config config, final String option, final Iterable<String> names)
            throws IOException {
        final List<String> known =
                config.interfaces().stream().map(Config.Interface::name).toList();
        for (final String name : names) {
            if (!known.contains(name)) {
                throw new IOException("%s %s: the config has no interface of that name; it has: %s"
                        .formatted(option, name, String.join(", ", known)));
            }
        }
    }

    /** A result must not overwrite what is being read. */
    private static void requireOutputsApart(final Config config, final ReplayOrder order) throws IOException {
        for (final Config.Interface each : config.interfaces()) {
            final Path output = PcapDriver.output(order.directory(), each.name());
            for (final Map.Entry<String, Path> input : order.inputs().entrySet()) {
                if (Files.exists(output) && Files.isSameFile(output, input.getValue())) {
                    throw new IOException("--out: %s would overwrite the input of %s; name another directory"
                            .formatted(output, input.getKey()));
                }
            }
        }
    }

    private List<NetworkDevice> devices() throws IOException {
        final List<NetworkDevice> devices = new ArrayList<>();
        for (final Config.Interface each : config.interfaces()) {
            final long mac = order.macs().getOrDefault(each.name(), RouterMac.of(each.address()));
            final NetworkDevice device =
                    driver.find(each.name(), mac, List.of()).orElseThrow();
            final List<String> refusals = DeviceCheck.ownMacs(config, each, device);
            if (!refusals.isEmpty()) {
                throw new IOException(refusals.getFirst());
            }
            devices.add(device);
        }
        return devices;
    }

    private String run(final PrintStream warnings) throws IOException {
        final List<NetworkDevice> devices = devices();
        final ReplayMachine machine = new ReplayMachine(clock, driver, devices, order.seed());
        final String counters;
        final String summary;
        try (Log log = new Log(
                        warnings, Log.Style.TIME, Log.Level.WARN, clock::nanoTime, () -> clock.nanoTime() / MILLI_NS);
                Dataplane dataplane = Dataplane.open(config, devices, machine)) {
            final Agent controller = control.begin(config, dataplane, log);
            try {
                play(controller, dataplane.worker());
            } finally {
                controller.onClose();
            }
            counters = CounterText.of(
                    machine.counters(), dataplane.worker().nat().counts().sessions());
            summary = summary(dataplane.worker());
        }
        Files.writeString(order.directory().resolve(COUNTERS), counters);
        return summary;
    }

    private void play(final Agent controller, final Worker worker) throws IOException {
        long nowNs = startNs;
        while (nowNs <= endNs) {
            clock.moveTo(nowNs);
            settle(controller, worker);
            nowNs = Math.min(driver.nextNs(), nowNs + STEP_NS);
        }
    }

    /** Lets both work until neither has anything to do. */
    private static void settle(final Agent controller, final Worker worker) throws IOException {
        for (int turn = 0; turn < MOST_TURNS; turn++) {
            if (worker.doWork() + doWork(controller) == 0) {
                return;
            }
        }
        throw new IllegalStateException("the router is still at work after %,d turns".formatted(MOST_TURNS));
    }

    /** An agent may throw anything by its contract; the controller throws what is unchecked. */
    private static int doWork(final Agent controller) throws IOException {
        try {
            return controller.doWork();
        } catch (final RuntimeException e) {
            throw e;
        } catch (final Exception e) {
            throw new IOException("the router's controller failed: " + e.getMessage(), e);
        }
    }

    private String summary(final Worker worker) {
        final List<String> names =
                config.interfaces().stream().map(Config.Interface::name).toList();
        return "replayed %.3f s: %s in, %s out, %,d dropped%nwrote %s and %s%n"
                .formatted(
                        (endNs - startNs) / 1e9,
                        frames(names, driver.received()),
                        frames(names, driver.sent()),
                        worker.counters().droppedAll(),
                        names.stream()
                                .map(name -> PcapDriver.output(order.directory(), name)
                                        .toString())
                                .collect(Collectors.joining(", ")),
                        order.directory().resolve(COUNTERS));
    }

    /** {@code 34 frames (lan 20, wan 14)}. */
    private static String frames(final List<String> names, final List<Long> counts) {
        final StringBuilder each = new StringBuilder();
        long sum = 0;
        for (int i = 0; i < names.size(); i++) {
            sum += counts.get(i);
            each.append(i == 0 ? "" : ", ").append("%s %,d".formatted(names.get(i), counts.get(i)));
        }
        return "%,d %s (%s)".formatted(sum, sum == 1 ? "frame" : "frames", each);
    }
}
