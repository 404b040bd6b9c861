package org.portolan.bench.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.portolan.bench.device.Conntrack;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.DeviceUnderTest;
import org.portolan.bench.lab.KernelNat;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.run.Rounds;
import org.portolan.bench.traffic.Load;
import org.portolan.control.text.UsageException;
import org.portolan.control.verb.ExitCode;
import picocli.CommandLine;

/** {@code scripts/bench generators}: what the generators give, and what two NATs deliver under the faster one. */
@CommandLine.Command(
        name = "generators",
        headerHeading = "Example:%n  sudo scripts/bench generators --rounds 5%n%n",
        header = "What the traffic generators give by themselves.",
        synopsisHeading = "%nUsage: ",
        description = {
            "%nFrames a second of 60 bytes that the transmit ring and the XDP program send into a dead end, flat out,"
                    + " rounds interleaved; how late each is at a rate; what Portolan and the kernel's NAT deliver when"
                    + " each sends flat out. Needs root, nft and ethtool.%n"
        })
public final class GeneratorBench implements Callable<Integer> {
    private static final int[] FLOWS = {1_000, 1_032_192};
    private static final long[] RATES = {100_000, 300_000, 600_000};
    private static final double WARM_UP_S = 6;

    @CommandLine.Option(names = "--rounds", paramLabel = "N", description = "Rounds. Default: 3.")
    private String roundsText = "3";

    @CommandLine.Option(
            names = "--seconds",
            paramLabel = "S",
            description = "Seconds of traffic in a round. Default: 1.")
    private String secondsText = "1";

    private int rounds;
    private double seconds;

    @Override
    public Integer call() throws UsageException {
        rounds = (int) Amount.whole("--rounds", roundsText, 1, 100);
        seconds = Amount.real("--seconds", secondsText, 0.1, 600);
        Namespace.requireRoot();
        List.of("ip", "nft", "ethtool", "ping").forEach(Command::require);
        System.out.println(Machine.line());
        for (final int flows : FLOWS) {
            deadEnd(flows);
        }
        underLoad();
        return ExitCode.DONE;
    }

    private void deadEnd(final int flows) {
        say("");
        say("%,d flows into a dead end, frames a second, %d rounds interleaved", flows, rounds);
        try (GeneratorRig ring = GeneratorRig.deadEnd(flows, false);
                GeneratorRig program = GeneratorRig.deadEnd(flows, true)) {
            final List<GeneratorRig> rigs = List.of(ring, program);
            rigs.forEach(rig -> rig.run(Load.flatOut(seconds)));
            final List<List<GeneratorRig.Trial>> trials = List.of(new ArrayList<>(), new ArrayList<>());
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < rigs.size(); i++) {
                    trials.get(i).add(rigs.get(i).run(Load.flatOut(seconds)));
                }
            }
            for (int i = 0; i < rigs.size(); i++) {
                flatOut(rigs.get(i).generator(), trials.get(i));
            }
            for (final long rate : RATES) {
                rigs.forEach(rig -> atRate(rig.generator(), rig.run(Load.at(rate, seconds))));
            }
        }
    }

    private static void flatOut(final String name, final List<GeneratorRig.Trial> trials) {
        final Rounds rates = Rounds.of(
                trials.stream().mapToDouble(trial -> trial.sent().perSecond()).toArray());
        say(
                "  %-14s flat out   median %,9.0f   (%,.0f to %,.0f)   lost on the way %,d of %,d",
                name,
                rates.median(),
                rates.least(),
                rates.most(),
                trials.stream().mapToLong(GeneratorRig.Trial::lost).sum(),
                trials.stream().mapToLong(trial -> trial.sent().frames()).sum());
    }

    private static void atRate(final String name, final GeneratorRig.Trial trial) {
        say(
                "  %-14s at %,9d   late %,9.1f us at p99, %,9.1f at most   not sent %,d, lost on the way %,d of %,d",
                name,
                trial.sent().load().perSecond(),
                trial.sent().lateNs() / 1e3,
                trial.sent().latestNs() / 1e3,
                trial.sent().behind(),
                trial.lost(),
                trial.sent().frames());
    }

    private void underLoad() {
        say("");
        say("%,d flows flat out through a NAT, frames a second", FLOWS[0]);
        for (final boolean program : new boolean[] {false, true}) {
            try (GeneratorRig rig = GeneratorRig.through(GeneratorBench::portolan, FLOWS[0], program)) {
                rig.run(Load.flatOut(WARM_UP_S));
                delivered(rig);
            }
            final Optional<String> obstacle = Conntrack.host().obstacle(FLOWS[0]);
            if (obstacle.isPresent()) {
                say("  the kernel's NAT is not measured: %s", obstacle.get());
                continue;
            }
            try (GeneratorRig rig = GeneratorRig.through(KernelNat::masquerading, FLOWS[0], program)) {
                rig.run(Load.flatOut(seconds));
                delivered(rig);
            }
        }
    }

    private static DeviceUnderTest portolan(final Lab lab) {
        return PortolanProcess.in(lab).idle("busy").config("io", "cpus = [1]").build();
    }

    private void delivered(final GeneratorRig rig) {
        IntStream.range(0, rounds).forEach(_ -> {
            final GeneratorRig.Trial trial = rig.run(Load.flatOut(seconds));
            say(
                    "  %-26s delivered %,9.0f of %,9.0f that the %s offered; %,d lost before its device",
                    rig.device(),
                    trial.delivered() / trial.sent().seconds(),
                    trial.sent().perSecond(),
                    rig.generator(),
                    trial.sent().dropped());
        });
    }

    private static void say(final String format, final Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
