package org.portolan.control.history.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.portolan.control.config.Config;
import org.portolan.control.history.Clocks;
import org.portolan.control.history.History;
import org.portolan.control.history.Wire;
import org.portolan.control.log.Log;
import org.portolan.control.start.VitalThreads;

/**
 * The history of a router, with all its threads, until its stdin ends. Arguments: the repository, the port that it is
 * served at, the peers' URLs.
 */
final class BusyRouter {
    static final String OPEN = "open";
    private static final int FAILED = 3;

    private BusyRouter() {}

    public static void main(final String[] arguments) throws IOException, InterruptedException {
        final Path repository = Path.of(arguments[0]);
        final List<Config.Peer> peers = new ArrayList<>();
        for (int i = 2; i < arguments.length; i++) {
            peers.add(new Config.Peer("peer-" + i, URI.create(arguments[i]), 1));
        }
        final History history = History.open(
                new Config.History(
                        Optional.of(repository),
                        Optional.of(new InetSocketAddress(
                                InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[1]))),
                        peers,
                        365,
                        1L << 30),
                "edge-1",
                repository.resolveSibling("ring"),
                List.of(new Wire(0, "office", "lan")),
                heard -> true,
                Clocks.system(() -> System.currentTimeMillis() * 1_000),
                Log.toStderr(Log.Level.DEBUG));
        history.start(new VitalThreads(
                (thread, thrown) -> {
                    thrown.printStackTrace();
                    Runtime.getRuntime().halt(FAILED);
                },
                UnaryOperator.identity()));
        System.out.println(OPEN);
        while (System.in.read() >= 0) {
            Thread.onSpinWait();
        }
        history.close();
    }
}
