package org.portolan.bench.harness;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.portolan.bench.device.DeviceKind;
import org.portolan.bench.device.Terms;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.CpuUse;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.run.Measurement;
import org.portolan.bench.run.Point;
import org.portolan.bench.run.RunDirectory;
import org.portolan.bench.run.RunInfo;

/** Carries out a plan: scene by scene, round by round, device by device; each point is written down at once. */
final class Runner {
    private static final double STOLEN_SHARE = 0.01;

    private final Map<String, String> options;
    private final Plan plan;
    private final Map<String, String> settings;
    private final List<DeviceKind> kinds;
    private final RunDirectory run;
    private final Progress progress;
    private final Measurements measurements;
    private final Instant began;
    private final Set<Point> done = new HashSet<>();
    private final Set<String> warnings = new LinkedHashSet<>();
    private final Map<String, Map<String, String>> deviceSettings = new HashMap<>();

    /**
     * @param command as it was typed: a report tells how to do it again
     * @param before what a run that was cut short wrote of itself
     */
    Runner(final Options options, final String command, final RunDirectory run, final Optional<RunInfo> before) {
        this.options = options.texts();
        plan = options.plan();
        settings = new LinkedHashMap<>(plan.settings());
        settings.put(
                "command", before.map(info -> info.settings().get("command")).orElse(command));
        kinds = options.devices();
        this.run = run;
        began = before.map(RunInfo::began).orElseGet(Instant::now);
        before.ifPresent(info -> {
            warnings.addAll(info.warnings());
            info.devices().forEach(each -> deviceSettings.put(each.id(), each.settings()));
        });
        final List<Measurement> known = new ArrayList<>(before.isPresent() ? run.measurements() : List.of());
        known.forEach(each -> done.add(each.point()));
        measurements = new Measurements(plan, run, known);
        progress = new Progress(System.out, (int) points().stream().distinct().count());
    }

    /** Every point of the plan that can be measured here. */
    private List<Point> points() {
        final List<Point> points = new ArrayList<>();
        for (final Scene scene : plan.scenes()) {
            for (final Task task : scene.tasks()) {
                for (final DeviceKind kind : able(scene)) {
                    for (int round = 1; round <= plan.rounds() && applies(task, kind); round++) {
                        points.add(task.point(scene, kind.id(), round));
                    }
                }
            }
        }
        return points;
    }

    void run() {
        warnings.addAll(MachineDoubts.warnings());
        leaveOut();
        note(Optional.empty());
        warnings.forEach(each -> progress.say("note: " + each));
        progress.skip((int) points().stream().distinct().filter(done::contains).count());
        expect();
        final CpuUse before = CpuUse.now();
        for (final Scene scene : plan.scenes()) {
            play(scene);
        }
        final CpuUse used = CpuUse.now().since(before);
        if (used.stolenShare() > STOLEN_SHARE) {
            warnings.add(
                    "the hypervisor took %.1f %% of the CPU time during the run".formatted(100 * used.stolenShare()));
        }
        note(Optional.of(Instant.now()));
    }

    private void leaveOut() {
        if (plan.name().equals("full")) {
            Rig.floodObstacle()
                    .ifPresent(why -> warnings.add(("the XDP generator cannot run here (%s): throughput is "
                                    + "measured with the transmit ring, whose own cost is a part of the kernel's figures")
                            .formatted(why)));
        }
        if (Command.find("iperf3").isEmpty()) {
            warnings.add("iperf3 is not installed: TCP throughput is left out");
        }
        for (final Scene scene : plan.scenes()) {
            for (final DeviceKind kind : kinds) {
                kind.obstacle(new Terms(scene.sessions()))
                        .ifPresent(why -> warnings.add(
                                "%s is left out with %,d sessions: %s".formatted(kind.name(), scene.sessions(), why)));
            }
        }
        if (points().isEmpty()) {
            throw new LabException("nothing is left to be measured: " + String.join("; ", warnings));
        }
    }

    private void expect() {
        for (final Scene scene : plan.scenes()) {
            for (final Task task : scene.tasks()) {
                able(scene).stream()
                        .filter(kind -> applies(task, kind))
                        .forEach(kind ->
                                pending(scene, task, kind).forEach(_ -> progress.expect(task.kind(), task.seconds())));
            }
        }
    }

    private List<Point> pending(final Scene scene, final Task task, final DeviceKind kind) {
        final List<Point> pending = new ArrayList<>();
        for (int round = 1; round <= plan.rounds(); round++) {
            final Point point = task.point(scene, kind.id(), round);
            if (!done.contains(point)) {
                pending.add(point);
            }
        }
        return pending;
    }

    private List<DeviceKind> able(final Scene scene) {
        return kinds.stream()
                .filter(kind -> kind.obstacle(new Terms(scene.sessions())).isEmpty())
                .toList();
    }

    private static boolean applies(final Task task, final DeviceKind kind) {
        return switch (task.kind()) {
            case TCP -> Command.find("iperf3").isPresent();
            case SETUP -> kind.translates();
            case ALLOCATION -> kind.id().startsWith("portolan");
            default -> true;
        };
    }

    private void play(final Scene scene) {
        final List<DeviceKind> wanted = able(scene).stream()
                .filter(kind -> scene.tasks().stream()
                        .anyMatch(task -> applies(task, kind)
                                && !pending(scene, task, kind).isEmpty()))
                .toList();
        if (wanted.isEmpty()) {
            return;
        }
        progress.say("");
        progress.say("%,d sessions: %s"
                .formatted(
                        scene.sessions(),
                        String.join(", ", wanted.stream().map(DeviceKind::name).toList())));
        try (Stage stage = new Stage(scene)) {
            if (!scene.fresh()) {
                wanted.forEach(stage::raise);
                wanted.forEach(
                        kind -> deviceSettings.put(kind.id(), stage.rig(kind).settings()));
                note(Optional.empty());
            }
            for (int round = 1; round <= plan.rounds(); round++) {
                final List<DeviceKind> order = round % 2 == 1 ? wanted : wanted.reversed();
                for (final Task task : scene.tasks()) {
                    for (final DeviceKind kind : order) {
                        final Point point = task.point(scene, kind.id(), round);
                        if (applies(task, kind) && !done.contains(point)) {
                            measure(stage, kind, task, point);
                        }
                    }
                }
            }
        }
    }

    private void measure(final Stage stage, final DeviceKind kind, final Task task, final Point point) {
        progress.begin(task, point, kind.name());
        final long beganNs = System.nanoTime();
        final List<Measurement> found = stage.scene.fresh()
                ? measurements.fresh(kind, stage.scene, point)
                : measurements.of(stage.alone(kind), point);
        for (final Measurement each : found) {
            run.append(each);
            done.add(each.point());
        }
        progress.end(task.kind(), (System.nanoTime() - beganNs) / 1e9, found.getFirst());
    }

    private void note(final Optional<Instant> ended) {
        final List<RunInfo.Device> devices = kinds.stream()
                .map(kind ->
                        new RunInfo.Device(kind.id(), kind.name(), deviceSettings.getOrDefault(kind.id(), Map.of())))
                .toList();
        run.write(new RunInfo(
                plan.name(),
                began,
                ended,
                plan.rounds(),
                options,
                Machine.details(),
                settings,
                devices,
                List.copyOf(warnings)));
    }

    /** The devices of a scene that are set up; all but the one that is measured are kept from running. */
    private static final class Stage implements AutoCloseable {
        private final Scene scene;
        private final Map<DeviceKind, Rig> rigs = new LinkedHashMap<>();

        private Stage(final Scene scene) {
            this.scene = scene;
        }

        private void raise(final DeviceKind kind) {
            rigs.values().forEach(rig -> rig.let(false));
            final Rig rig = new Rig(kind, scene.sessions());
            rigs.put(kind, rig);
            rig.warmUp();
        }

        private Rig rig(final DeviceKind kind) {
            return rigs.get(kind);
        }

        private Rig alone(final DeviceKind kind) {
            rigs.forEach((each, rig) -> rig.let(each == kind));
            return rigs.get(kind);
        }

        @Override
        public void close() {
            rigs.values().forEach(Rig::close);
        }
    }
}
