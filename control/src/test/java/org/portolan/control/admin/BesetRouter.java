package org.portolan.control.admin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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
import org.portolan.control.view.SampleView;

/**
 * The history of a router and its admin socket, with the threads of both, until its stdin ends. Arguments: a directory,
 * seconds between two fetches, the peers' URLs.
 */
public final class BesetRouter {
    public static final String OPEN = "open";
    private static final String SOCKET = "c.sock";
    public static final String REPOSITORY = "state.git";

    private static final int FAILED = 3;

    private BesetRouter() {}

    /** What the peer with that URL is called. */
    public static String name(final int peer) {
        return "peer-" + peer;
    }

    /** What the admin socket in that directory answers to this line. */
    public static String ask(final Path directory, final String line) throws Exception {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        new AdminClient(directory.resolve(SOCKET)).ask(line, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    public static void main(final String[] arguments) throws IOException, InterruptedException {
        final Path directory = Path.of(arguments[0]);
        final List<Config.Peer> peers = new ArrayList<>();
        for (int i = 2; i < arguments.length; i++) {
            peers.add(new Config.Peer(name(i - 2), URI.create(arguments[i]), Integer.parseInt(arguments[1])));
        }
        final Log log = Log.toStderr(Log.Level.INFO);
        final History history = History.open(
                new Config.History(
                        Optional.of(directory.resolve(REPOSITORY)),
                        Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                        peers,
                        365,
                        1L << 30),
                "edge-1",
                directory.resolve("ring"),
                List.of(new Wire(0, "office", "lan")),
                heard -> true,
                Clocks.system(() -> System.currentTimeMillis() * 1_000),
                log);
        final SampleView view = new SampleView(100);
        view.history = Optional.of(history.query());
        try (AdminServer server =
                AdminServer.open(directory.resolve(SOCKET), Optional.empty(), Optional.empty(), log)) {
            server.start(view);
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
        }
        history.close();
    }
}
