package org.portolan.bench.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.Agent;
import org.portolan.control.Router;
import org.portolan.control.verb.Surroundings;
import org.portolan.control.verb.Verbs;

/**
 * A router of which one agent fails as soon as a file is there, or hangs when it is to end. What and how is said by
 * system properties, for it is a process of its own.
 */
public final class FailingRouter {
    static final String AGENT = "failing.agent";
    static final String HOW = "failing.how";
    static final String WHEN = "failing.when";
    /** The role of an agent that does not come back from its work once the other one has failed. */
    static final String HANGS = "failing.hangs";

    /** How an agent fails. */
    enum How {
        ERROR,
        EXCEPTION,
        MEMORY
    }

    private static volatile boolean due;

    private FailingRouter() {}

    public static void main(final String[] words) {
        final Path file = Path.of(System.getProperty(WHEN));
        Thread.ofPlatform().daemon().start(() -> {
            while (!Files.exists(file)) {
                pause();
            }
            due = true;
        });
        System.exit(Verbs.execute(
                List.of(words),
                Surroundings.ofProcess(
                        (config, log) -> Router.run(config, log, FailingRouter::failing),
                        (config, order, warnings) -> "")));
    }

    private static Agent failing(final Agent agent) {
        if (agent.roleName().equals(System.getProperty(AGENT))) {
            return new Instead(agent, () -> fail(How.valueOf(System.getProperty(HOW))));
        }
        if (agent.roleName().equals(System.getProperty(HANGS))) {
            return new Instead(agent, FailingRouter::hang);
        }
        return agent;
    }

    private record Instead(Agent agent, Runnable fault) implements Agent {
        @Override
        public void onStart() {
            agent.onStart();
        }

        @Override
        public int doWork() throws Exception {
            if (due) {
                fault.run();
            }
            return agent.doWork();
        }

        @Override
        public void onClose() {
            agent.onClose();
        }

        @Override
        public String roleName() {
            return agent.roleName();
        }
    }

    private static void fail(final How how) {
        switch (how) {
            case ERROR -> throw new InternalError("planned");
            case EXCEPTION -> throw new IllegalStateException("planned");
            case MEMORY -> {
                final List<long[]> all = new ArrayList<>();
                while (true) {
                    all.add(new long[1 << 16]);
                }
            }
        }
    }

    private static void hang() {
        while (true) {
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (final InterruptedException e) {
            // It hangs.
        }
    }
}
