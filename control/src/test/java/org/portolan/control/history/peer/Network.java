package org.portolan.control.history.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.store.StockGit;

/** Routers that serve each other their histories, each in a repository of its own, over git://. */
final class Network implements AutoCloseable {
    final List<Scribble> routers = new ArrayList<>();
    private final List<PeerServer> servers = new ArrayList<>();
    private final Map<String, PeerFetch> fetches = new HashMap<>();

    Network(final Path directory, final int count) throws IOException {
        for (int i = 0; i < count; i++) {
            final Scribble router = new Scribble(directory.resolve("edge-" + i + ".git"), "edge-" + i);
            routers.add(router);
            servers.add(PeerServer.start(router.history, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        }
    }

    Scribble router(final int i) {
        return routers.get(i);
    }

    PeerFetch fetch(final int to, final int from) {
        return fetches.computeIfAbsent(
                to + "<" + from,
                each -> new PeerFetch(
                        routers.get(to).history,
                        "edge-" + from,
                        URI.create(
                                "git://127.0.0.1:" + servers.get(from).address().getPort() + "/state.git"),
                        new FetchRoom()));
    }

    /** One router takes what the other has. */
    void pull(final int to, final int from) throws IOException {
        PeerFetchTest.pull(routers.get(to), fetch(to, from));
    }

    /** Everybody asks everybody until nobody's head moves. @return how often everybody had to */
    int pullUntilQuiet() throws IOException {
        for (int rounds = 1; rounds <= 2 * routers.size() + 2; rounds++) {
            final List<ObjectId> before = heads();
            for (int to = 0; to < routers.size(); to++) {
                for (int from = 0; from < routers.size(); from++) {
                    if (to != from) {
                        pull(to, from);
                    }
                }
            }
            if (heads().equals(before)) {
                return rounds;
            }
        }
        throw new AssertionError("never quiet");
    }

    /** Each first router takes what the second has. */
    void pull(final int[][] reads) throws IOException {
        for (final int[] read : reads) {
            pull(read[0], read[1]);
        }
    }

    /** Of each router the length of its own line. */
    int[] ownCommits() {
        return routers.stream().mapToInt(each -> ownTrees(each).size()).toArray();
    }

    /** Of each router how often its table changed. */
    int[] ownTables() {
        return routers.stream().mapToInt(Network::changes).toArray();
    }

    private static int changes(final Scribble router) {
        final List<String> trees = ownTrees(router);
        int changes = 0;
        for (int i = 1; i < trees.size(); i++) {
            changes += trees.get(i).equals(trees.get(i - 1)) ? 0 : 1;
        }
        return changes;
    }

    private static List<String> ownTrees(final Scribble router) {
        return StockGit.run(router.history.path(), "log", "--first-parent", "--format=%T", "primary")
                .lines()
                .toList();
    }

    List<ObjectId> heads() {
        return routers.stream().map(Scribble::head).toList();
    }

    /** What all know together, by the bindings' own join and not by trees. */
    Map<BindingKey, Binding> joined() throws IOException {
        final Map<BindingKey, Binding> all = new HashMap<>();
        for (final Scribble router : routers) {
            router.table().forEach((key, binding) -> all.merge(key, binding, Binding::join));
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        servers.forEach(PeerServer::close);
        for (final Scribble router : routers) {
            StockGit.requireSound(router.history.path());
            router.close();
        }
    }
}
