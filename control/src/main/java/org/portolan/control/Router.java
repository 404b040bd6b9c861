package org.portolan.control;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.portolan.control.command.AdminServer;
import org.portolan.control.config.Config;
import org.portolan.control.history.History;
import org.portolan.control.log.Log;
import org.portolan.dataplane.system.LibcException;
import org.portolan.dataplane.system.Netlink;
import org.portolan.dataplane.system.NetworkDevice;
import org.portolan.dataplane.worker.PollIdle;

/** One run of the router: opens everything, starts the threads, waits to be told to end, and undoes it in reverse. */
public final class Router {
    private static final int DONE = 0;
    private static final int FAILED = 1;

    private Router() {}

    /** Runs until SIGTERM or SIGINT; the process's exit code. */
    public static int run(final Config config, final Log log) {
        final EndSignal ending = new EndSignal();
        int code = FAILED;
        try {
            code = run(config, ending, log);
        } finally {
            log.close();
            ending.finish(code);
        }
        return code;
    }

    private static int run(final Config config, final EndSignal ending, final Log log) {
        try {
            final List<String> refusals = new ArrayList<>();
            if (config.control().user().isPresent()) {
                Installation.ofProcess().refusal(config.control().user().get()).ifPresent(refusals::add);
            }
            final List<NetworkDevice> devices = Dataplane.devices(config, Netlink.devices(), refusals);
            if (!refusals.isEmpty()) {
                refusals.forEach(refusal -> log.error("%s", refusal));
                return FAILED;
            }
            prepareDirectory(config, config.router().run());
            prepareLatencyLog(config, log);
            if (config.history().path().isPresent()
                    && Files.notExists(config.history().path().get())) {
                prepareDirectory(config, config.history().path().get());
            }
            try (AdminServer admin = AdminServer.open(
                            config.control().socket(),
                            config.control().user(),
                            config.control().group(),
                            log);
                    Dataplane dataplane = Dataplane.open(config, devices, log)) {
                if (config.control().user().isPresent()) {
                    Privileges.own(
                            config.control().user().get(),
                            dataplane.counterFile().path());
                }
                return run(config, dataplane, admin, ending, log);
            }
        } catch (final LibcException e) {
            log.error("%s", e.getMessage());
            return FAILED;
        } catch (final FileSystemException e) {
            log.error("%s", sentence(e));
            return FAILED;
        } catch (final IOException e) {
            log.error("%s", e.getMessage());
            return FAILED;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private static int run(
            final Config config,
            final Dataplane dataplane,
            final AdminServer admin,
            final EndSignal ending,
            final Log log)
            throws InterruptedException, IOException {
        final CountDownLatch dropped = new CountDownLatch(1);
        final RuntimeException[] refused = new RuntimeException[1];
        final Controller controller = new Controller(
                config,
                dataplane,
                () -> {
                    try {
                        config.control().user().ifPresent(Privileges::drop);
                    } catch (final RuntimeException e) {
                        refused[0] = e;
                    } finally {
                        dropped.countDown();
                    }
                },
                log);
        final ErrorHandler errors = thrown -> log.failure("a thread of the router", thrown);
        try (HistoryPlace history = new HistoryPlace();
                LatencyPlace latency = new LatencyPlace();
                IdleCloser idle = idle(config, dataplane);
                AgentRunner control =
                        new AgentRunner(new BackoffIdleStrategy(10, 10, 1_000, 500_000), errors, null, controller);
                AgentRunner worker = new AgentRunner(idle.strategy, errors, null, dataplane.worker())) {
            AgentRunner.startOnThread(control);
            dropped.await();
            if (refused[0] != null) {
                log.error("%s", refused[0].getMessage());
                return FAILED;
            }
            history.open(config, dataplane, controller, log);
            latency.open(config, controller.latency(), log);
            begin(controller, history.history());
            final Thread workerThread = AgentRunner.startOnThread(worker);
            final RouterState state =
                    new RouterState(config, dataplane, controller, history.history(), latency, workerThread);
            admin.start(state);
            StartLines.log(config, log);
            ending.await();
            log.info("ending");
            admin.close();
            state.close();
        }
        return DONE;
    }

    private static void begin(final Controller controller, final History history)
            throws InterruptedException, IOException {
        try {
            controller
                    .ask(() -> {
                        controller.begin(history);
                        return null;
                    })
                    .get();
        } catch (final ExecutionException e) {
            throw new IOException("the neighbors cannot begin: " + Log.describe(e.getCause()), e);
        }
        if (history != null) {
            history.start();
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

    private static IdleCloser idle(final Config config, final Dataplane dataplane) {
        return new IdleCloser(
                switch (config.io().idle()) {
                    case BUSY -> BusySpinIdleStrategy.INSTANCE;
                    case BACKOFF -> new BackoffIdleStrategy(1000, 100, 1_000, 100_000);
                    case PARK -> new PollIdle(dataplane.worker(), dataplane.wakeup());
                });
    }

    /** Java's message is the bare path. */
    private static String sentence(final FileSystemException failure) {
        final String reason = switch (failure) {
            case AccessDeniedException denied -> "permission denied";
            case NoSuchFileException missing -> "there is no such directory";
            case FileAlreadyExistsException exists -> "it exists and is no directory";
            default -> failure.getReason() == null ? "cannot be used" : failure.getReason();
        };
        return "%s: %s; router.run names the directory for the router's files".formatted(failure.getFile(), reason);
    }

    /** Made while the process may, for the user that it will be. */
    private static void prepareDirectory(final Config config, final Path directory) throws IOException {
        Files.createDirectories(directory);
        if (config.control().user().isPresent()) {
            Privileges.own(config.control().user().get(), directory);
        }
    }

    /** A router routes without it too, so what is in the way is left to the log itself to tell. */
    private static void prepareLatencyLog(final Config config, final Log log) {
        final Optional<Path> directory = config.latency().log();
        if (directory.isEmpty() || Files.exists(directory.get())) {
            return;
        }
        try {
            prepareDirectory(config, directory.get());
        } catch (final IOException e) {
            log.debug("latency: %s", Log.describe(e));
        }
    }
}
