package org.portolan.control;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.portolan.control.admin.AdminServer;
import org.portolan.control.config.Config;
import org.portolan.control.history.History;
import org.portolan.control.history.HistoryPlace;
import org.portolan.control.log.FileFailure;
import org.portolan.control.log.Log;
import org.portolan.control.start.CpuCheck;
import org.portolan.control.start.Dataplane;
import org.portolan.control.start.EndSignal;
import org.portolan.control.start.Installation;
import org.portolan.control.start.KernelMachine;
import org.portolan.control.start.LatencyPlace;
import org.portolan.control.start.Places;
import org.portolan.control.start.Privileges;
import org.portolan.control.start.RunFiles;
import org.portolan.control.start.StartLines;
import org.portolan.control.start.VitalThreads;
import org.portolan.control.view.RouterState;
import org.portolan.dataplane.system.HeldDirectory;
import org.portolan.dataplane.system.LibcException;
import org.portolan.dataplane.system.LibcThread;
import org.portolan.dataplane.system.Netlink;
import org.portolan.dataplane.system.NetworkDevice;
import org.portolan.dataplane.system.UntrustedPathException;
import org.portolan.dataplane.worker.PollIdle;

/**
 * One run of the router: opens everything, starts the threads, waits for the order to end, and undoes it in reverse.
 */
public final class Router {
    private static final int DONE = 0;
    private static final int FAILED = 1;

    private final Config config;
    private final Log log;
    private final EndSignal ending;
    private final VitalThreads threads;

    private Router(final Config config, final Log log, final UnaryOperator<Agent> seam) {
        this.config = config;
        this.log = log;
        ending = new EndSignal(log);
        threads = new VitalThreads(ending::fail, seam);
    }

    /**
     * Runs until SIGTERM or SIGINT.
     *
     * @return the process's exit code: 0, 1 when it could not start or go on, {@link EndSignal#BROKEN} when a thread
     *     failed
     */
    public static int run(final Config config, final Log log) {
        return run(config, log, UnaryOperator.identity());
    }

    /** @param seam what runs instead of an agent; for a test that lets one fail */
    public static int run(final Config config, final Log log, final UnaryOperator<Agent> seam) {
        try {
            Privileges.confine(config.control().user(), log);
        } catch (final LibcException e) {
            log.error("%s", e.getMessage());
            return FAILED;
        }
        return new Router(config, log, seam).run();
    }

    private int run() {
        int code = FAILED;
        try {
            code = open();
        } catch (final LibcException | UntrustedPathException e) {
            log.error("%s", e.getMessage());
        } catch (final IOException e) {
            log.error("%s", FileFailure.of(e));
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (final Throwable t) {
            ending.fail(Thread.currentThread().getName(), t);
        }
        // The end may be served by a hook that halts: what was logged is written before.
        log.close();
        return ending.finish(code);
    }

    private int open() throws IOException, InterruptedException {
        final List<String> refusals = new ArrayList<>();
        if (config.control().user().isPresent()) {
            Installation.ofProcess().refusal(config.control().user().get()).ifPresent(refusals::add);
        }
        CpuCheck.refusal(config.io().cpus(), LibcThread.allowedCpus()).ifPresent(refusals::add);
        final List<NetworkDevice> devices = Dataplane.devices(config, Netlink.devices(), refusals);
        if (!refusals.isEmpty()) {
            refusals.forEach(refusal -> log.error("%s", refusal));
            return FAILED;
        }
        final Places places = Places.of(config.control().user());
        try (HeldDirectory run = RunFiles.prepare(config, places, log)) {
            LatencyPlace.prepare(config, places, log);
            HistoryPlace.prepare(config, places, log);
            try (AdminServer admin = AdminServer.open(
                            config.control().socket(),
                            config.control().user(),
                            config.control().group(),
                            log);
                    Dataplane dataplane =
                            Dataplane.open(config, devices, new KernelMachine(config, run, places, log))) {
                return start(dataplane, admin);
            }
        }
    }

    private int start(final Dataplane dataplane, final AdminServer admin) throws InterruptedException, IOException {
        final Controller controller =
                new Controller(config, dataplane, () -> config.control().user().ifPresent(Privileges::drop), log);
        try (HistoryPlace history = new HistoryPlace();
                LatencyPlace latency = new LatencyPlace();
                IdleCloser idle = idle(dataplane);
                AgentRunner control = threads.runner(new BackoffIdleStrategy(10, 10, 1_000, 500_000), controller);
                AgentRunner worker = threads.runner(idle.strategy, dataplane.worker())) {
            try {
                threads.start(control);
            } catch (final IllegalStateException e) {
                log.error("%s", e.getMessage());
                return FAILED;
            }
            history.open(config, controller::hear, log);
            latency.open(config, controller.latency(), log);
            begin(controller, history.history());
            final Thread workerThread = threads.start(worker);
            final RouterState state =
                    new RouterState(config, dataplane, controller.side(), history.history(), latency, workerThread);
            admin.start(state);
            if (!ending.isBroken()) {
                StartLines.log(config, log);
            }
            ending.await();
            log.info("stopping");
            admin.close();
            state.close();
        }
        return DONE;
    }

    private void begin(final Controller controller, final History history) throws InterruptedException, IOException {
        try {
            controller
                    .questions()
                    .ask(() -> {
                        controller.begin(history);
                        return null;
                    })
                    .get();
        } catch (final ExecutionException e) {
            throw new IOException("the neighbors cannot begin: " + Log.describe(e.getCause()), e);
        }
        if (history != null) {
            history.start(threads);
        }
    }

    /** An idle strategy and what is to be closed with it. */
    private record IdleCloser(IdleStrategy strategy) implements AutoCloseable {
        @Override
        public void close() {
            if (strategy instanceof final PollIdle poll) {
                poll.close();
            }
        }
    }

    private IdleCloser idle(final Dataplane dataplane) {
        return new IdleCloser(
                switch (config.io().idle()) {
                    case BUSY -> BusySpinIdleStrategy.INSTANCE;
                    case BACKOFF -> new BackoffIdleStrategy(1000, 100, 1_000, 100_000);
                    case PARK -> new PollIdle(dataplane.worker(), dataplane.wakeup());
                });
    }
}
