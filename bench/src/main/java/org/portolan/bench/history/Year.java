package org.portolan.bench.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.control.history.record.Stamp;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.dataplane.wire.Ethernet;

/** A network of many hosts, of which one is learned, moves or expires now and then: one commit each. */
final class Year implements AutoCloseable {
    static final long BEGIN_S = 1_764_547_200L;

    private static final String ROUTER = "edge-1";
    private static final String SEGMENT = "office";
    private static final int HOSTS_A_BLOCK = 250;
    private static final int NETWORK = 10 << 24;

    private final SplittableRandom random = new SplittableRandom(1);
    private final HistoryRepository history;
    private final Binding[] bindings;
    private final double secondsBetween;
    private long clock;
    private int written;

    Year(final Path path, final int hosts, final double secondsBetween) throws IOException {
        this.secondsBetween = secondsBetween;
        bindings = new Binding[hosts];
        history = HistoryRepository.open(path, ROUTER, BEGIN_S);
    }

    HistoryRepository history() {
        return history;
    }

    long nowS() {
        return BEGIN_S + (long) (written * secondsBetween);
    }

    /** One durable batch: a pack, and primary moves once. */
    ObjectId write(final int commits) throws IOException {
        try (Batch batch = history.batch()) {
            ObjectId head = history.primary();
            for (int i = 0; i < commits; i++) {
                written++;
                head = change(batch, head);
            }
            batch.move(HistoryRepository.PRIMARY, head);
            batch.finish();
            return head;
        }
    }

    private ObjectId change(final Batch batch, final ObjectId parent) throws IOException {
        final int host = random.nextInt(bindings.length);
        final BindingKey key =
                new BindingKey(0, SEGMENT, NETWORK | host / HOSTS_A_BLOCK << 8 | host % HOSTS_A_BLOCK + 1);
        final Binding before = bindings[host];
        final Binding after = next(before);
        bindings[host] = after;
        final ObjectId tree = batch.edit(batch.treeOf(parent), Map.of(key, after));
        return batch.commit(tree, List.of(parent), message(key, before, after), nowS());
    }

    /** A host comes with a MAC of its own, expires, comes back with the same one, and seldom with another. */
    private Binding next(final Binding before) {
        final Observation old = before == null ? null : before.observed();
        if (old != null && old.isLive()) {
            return before.with(old.expired(nowS() - 60, nowS(), "silent"));
        }
        final boolean same = old != null && random.nextInt(10) > 0;
        final long mac = same ? old.mac() : 0x0250_0000_0000L | Integer.toUnsignedLong(random.nextInt());
        return new Binding(
                new Observation(
                        Observation.State.LIVE, mac, nowS(), nowS(), 0, "answered", "lan", new Stamp(++clock, ROUTER)),
                null);
    }

    /** As the router words it. */
    private static String message(final BindingKey key, final Binding before, final Binding after) {
        final String ip = key.block() + "." + key.host();
        final String mac = Ethernet.describeMac(after.observed().mac());
        final boolean expired = !after.observed().isLive();
        final boolean known = before != null;
        final String subject = expired
                ? "Arp.tick: updating to age out old entries: "
                : known ? "entry moved: " : "entry added: ";
        return subject + ip + " -> " + mac + "\n\nIp: " + ip + "\nMac: " + mac
                + (known ? "\nMac-Old: " + Ethernet.describeMac(before.observed().mac()) : "")
                + "\nInterface: lan\nSegment: " + SEGMENT + "\nReason: " + after.observed().reason() + "\n";
    }

    @Override
    public void close() throws IOException {
        history.close();
    }
}
