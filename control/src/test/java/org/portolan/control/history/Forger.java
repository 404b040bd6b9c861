package org.portolan.control.history;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.peer.PeerServer;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.control.history.record.Pin;
import org.portolan.control.history.record.Stamp;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.history.store.Tables;

/** A peer that writes what it likes under whatever name it likes, in the form of a history. */
final class Forger implements AutoCloseable {
    static final String NAME = "edge-x";

    private final HistoryRepository history;
    private final PeerServer server;
    private long nowS;
    private long floods;

    Forger(final Path directory, final long nowS) throws IOException {
        this(directory, NAME, nowS);
    }

    Forger(final Path directory, final String name, final long nowS) throws IOException {
        this.nowS = nowS;
        history = HistoryRepository.open(directory.resolve(name + ".forged.git"), name, nowS);
        server = PeerServer.start(history, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    URI url() {
        return HistoryRig.url(server);
    }

    static BindingKey key(final int address) {
        return new BindingKey(0, "office", address);
    }

    Forger sees(final int address, final long mac, final long count, final String router) throws IOException {
        return says(
                address,
                new Binding(
                        new Observation(
                                Observation.State.LIVE,
                                mac,
                                nowS,
                                nowS,
                                0,
                                "answered",
                                "lan",
                                new Stamp(count, router)),
                        null));
    }

    /** @param mac 0 when the pin is over */
    Forger pins(final int address, final long mac, final long count, final String router) throws IOException {
        return says(address, new Binding(null, new Pin(mac, "root", nowS, new Stamp(count, router))));
    }

    /** Its table has the address no more. */
    Forger forgets(final int address) throws IOException {
        return says(address, null);
    }

    Forger says(final int address, final Binding binding) throws IOException {
        final Map<BindingKey, Binding> changes = new HashMap<>();
        changes.put(key(address), binding);
        return commits(changes);
    }

    private Forger commits(final Map<BindingKey, Binding> changes) throws IOException {
        try (Batch batch = history.batch()) {
            final ObjectId head = history.primary();
            final ObjectId tree = batch.edit(batch.treeOf(head), changes);
            batch.move(HistoryRepository.PRIMARY, batch.commit(tree, List.of(head), "entry added\n", nowS));
            batch.finish();
        }
        return this;
    }

    /** Its head follows its last one second, and first a line of some commits that has nothing in common with it. */
    Forger mergesItsLineIntoAnother(final int commits) throws IOException {
        try (Batch batch = history.batch()) {
            final ObjectId last = history.primary();
            final ObjectId tree = batch.treeOf(last);
            ObjectId first = batch.commit(tree, List.of(), "Arp.create: " + ++floods + "\n", nowS);
            for (int i = 1; i < commits; i++) {
                first = batch.commit(tree, List.of(first), "entry moved\n", nowS);
            }
            final ObjectId head = batch.commit(tree, List.of(first, last), "Arp.merge: " + floods + "\n", nowS);
            batch.move(HistoryRepository.PRIMARY, head);
            batch.finish();
        }
        return this;
    }

    /** That many commits more of which the last one takes all back. */
    Forger floodsInVain(final int commits) throws IOException {
        final ObjectId tree;
        try (Batch batch = history.batch()) {
            tree = batch.treeOf(history.primary());
        }
        floods("elsewhere", commits - 1);
        try (Batch batch = history.batch()) {
            batch.move(
                    HistoryRepository.PRIMARY,
                    batch.commit(tree, List.of(history.primary()), "entries removed\n", nowS));
            batch.finish();
        }
        return this;
    }

    /** A table of so many hosts of a segment, in one commit. */
    Forger fills(final String segment, final int hosts) throws IOException {
        final Map<BindingKey, Binding> changes = new HashMap<>();
        for (int host = 0; host < hosts; host++) {
            final Observation seen = new Observation(
                    Observation.State.LIVE,
                    0x0200_0000_0000L + host,
                    nowS,
                    nowS,
                    0,
                    "answered",
                    "lan",
                    new Stamp(nowS * 1_000_000 + host, NAME));
            changes.put(new BindingKey(0, segment, 0x0A00_0001 + host), new Binding(seen, null));
        }
        return commits(changes);
    }

    /** That many commits in one pack, each of which says another MAC of one of 250 addresses of a segment. */
    Forger floods(final String segment, final int commits) throws IOException {
        try (Batch batch = history.batch()) {
            ObjectId head = history.primary();
            for (int i = 0; i < commits; i++) {
                floods++;
                final BindingKey key = new BindingKey(0, segment, 0x0A00_0001 + (int) (floods * 7 % 250));
                final Observation seen = new Observation(
                        Observation.State.LIVE,
                        0x0200_0000_0000L + floods,
                        nowS,
                        nowS,
                        0,
                        "answered",
                        "lan",
                        new Stamp(nowS * 1_000_000 + floods, NAME));
                final ObjectId tree = batch.edit(batch.treeOf(head), Map.of(key, new Binding(seen, null)));
                head = batch.commit(tree, List.of(head), "entry moved\n", nowS);
            }
            batch.move(HistoryRepository.PRIMARY, head);
            batch.finish();
        }
        return this;
    }

    String head() {
        return history.primary().name();
    }

    /** From now on its times are others. */
    Forger at(final long second) {
        nowS = second;
        return this;
    }

    /** What it has of an address, its own or another's. */
    Binding knows(final int address) throws IOException {
        return Tables.of(history, history.primary()).get(key(address));
    }

    @Override
    public void close() throws IOException {
        server.close();
        history.close();
    }
}
