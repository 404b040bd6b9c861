package org.portolan.bench.rate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.PortolanProcess;

/**
 * {@code scripts/bench rate}: loss-free rate, CPU time, TCP throughput, allocation and start of Portolan beside the
 * kernel's NAT. It measures and never judges.
 */
public final class RateBench {
    private static final String USAGE = """
            usage: scripts/bench rate [--rounds N] [--flows N] [--seconds S]

            Highest rate of 60-byte UDP without loss, Portolan beside the kernel's nftables
            masquerade and a plain kernel route, rounds interleaved; what the generator gives
            alone; iperf3 TCP through both NATs; needs root, nft and iperf3.
            """;

    private static final double WARM_UP_S = 6;
    private static final int IPERF_S = 5;

    private int rounds = 3;
    private int flows = 1000;
    private double trialS = 2;

    private RateBench() {}

    public static void main(final String[] arguments) {
        final RateBench bench = new RateBench();
        if (!bench.takes(arguments)) {
            System.err.print(USAGE);
            System.exit(2);
        }
        try {
            for (final String program : List.of("ip", "nft", "iperf3", "ping")) {
                Command.require(program);
            }
            bench.run();
        } catch (final LabException e) {
            System.err.println("bench rate: " + e.getMessage());
            System.exit(1);
        }
        System.exit(0);
    }

    private boolean takes(final String[] arguments) {
        try {
            for (int i = 0; i < arguments.length; i += 2) {
                switch (arguments[i]) {
                    case "--rounds" -> rounds = Integer.parseInt(arguments[i + 1]);
                    case "--flows" -> flows = Integer.parseInt(arguments[i + 1]);
                    case "--seconds" -> trialS = Double.parseDouble(arguments[i + 1]);
                    default -> {
                        return false;
                    }
                }
            }
            return rounds > 0 && flows > 0 && flows <= 50_000 && trialS > 0;
        } catch (final NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return false;
        }
    }

    private void run() {
        Machine.print();
        try (Rig portolan = Rig.portolan(flows);
                Rig kernel = Rig.kernel(flows);
                Rig base = Rig.base(flows);
                Rig alone = Rig.generatorAlone(flows)) {
            final List<Rig> rigs = List.of(portolan, kernel, base);
            say("warming up ...");
            portolan.run(WARM_UP_S, 0);
            final List<List<RateSearch.Result>> results = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            for (int round = 0; round < rounds; round++) {
                portolan.let(false);
                say("round %d, %-27s %,d/s".formatted(round + 1, alone.name(), (long) alone.run(trialS, 0).deliveredPerSecond()));
                for (int i = 0; i < rigs.size(); i++) {
                    portolan.let(i == 0);
                    final Rig rig = rigs.get(i);
                    final RateSearch.Result result = RateSearch.run(perSecond -> rig.run(trialS, perSecond));
                    results.get(i).add(result);
                    say("round %d, %-27s %s".formatted(round + 1, rig.name(), result));
                }
            }
            table(rigs, results);
            allocation(portolan);
            tcp(List.of(portolan, kernel), portolan);
        }
        start();
    }

    private void table(final List<Rig> rigs, final List<List<RateSearch.Result>> results) {
        say("");
        say("60-byte UDP, %,d flows, %d rounds interleaved, trials of %.1f s: frames a second without loss".formatted(flows, rounds, trialS));
        final double[] medians = new double[rigs.size()];
        for (int i = 0; i < rigs.size(); i++) {
            final double[] rates = results.get(i).stream().mapToDouble(RateSearch.Result::perSecond).sorted().toArray();
            final double[] peaks = results.get(i).stream().mapToDouble(result -> result.flatOut().deliveredPerSecond()).sorted().toArray();
            medians[i] = rates[rates.length / 2];
            say(String.format(
                    Locale.ROOT,
                    "  %-27s median %,9.0f   (%,.0f to %,.0f)   delivered flat out %,9.0f",
                    rigs.get(i).name(), medians[i], rates[0], rates[rates.length - 1], peaks[peaks.length / 2]));
        }
        say(String.format(Locale.ROOT, "  %s / %s: ratio %.2f", rigs.get(0).name(), rigs.get(1).name(), medians[0] / medians[1]));
    }

    private void allocation(final Rig portolan) {
        portolan.let(true);
        final long before = portolan.allocatedBytes();
        final Rig.Trial trial = portolan.run(trialS, 0);
        final long bytes = portolan.allocatedBytes() - before;
        say(String.format(
                Locale.ROOT, "  heap bytes that the worker allocated for %,d frames: %,d", trial.sent().frames(), bytes));
    }

    private void tcp(final List<Rig> rigs, final Rig portolan) {
        say("");
        say("iperf3, one TCP stream, default offloads, %d s, Gbit/s".formatted(IPERF_S));
        for (int i = 0; i < rigs.size(); i++) {
            portolan.let(i == 0);
            final double[] rates = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                rates[round] = rigs.get(i).iperfGigabits(IPERF_S);
            }
            Arrays.sort(rates);
            say(String.format(
                    Locale.ROOT, "  %-27s median %5.2f   (%.2f to %.2f)", rigs.get(i).name(), rates[rounds / 2], rates[0], rates[rounds - 1]));
        }
    }

    /** From the command to the first echoed ping. */
    private void start() {
        try (Lab lab = Lab.builder().build();
                PortolanProcess router = PortolanProcess.in(lab).idle("busy").build()) {
            final long beganNs = System.nanoTime();
            router.launch();
            while (!lab.client().namespace().tryRun("ping", "-c", "1", "-W", "1", "-i", "0.1", Lab.SERVER_ADDRESS).succeeded()) {
                if (System.nanoTime() - beganNs > 30_000_000_000L) {
                    throw new LabException("no ping came through:\n" + router.log());
                }
            }
            say("");
            say(String.format(Locale.ROOT, "start of the process to the first forwarded ping: %.1f s", (System.nanoTime() - beganNs) / 1e9));
        }
    }

    private static void say(final String line) {
        System.out.println(line);
    }
}
