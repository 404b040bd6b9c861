package org.portolan.bench.history;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.control.history.record.Stamp;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryRepository;

/** Ten thousand live neighbors on a segment, as the repository keeps them, and changes of them. */
final class SampleBindings {
    static final int COUNT = 10_000;
    static final String ROUTER = "edge-1";
    static final String SEGMENT = "lan";

    private static final int FIRST_ADDRESS = 0x0A00_0100;
    private static final long FIRST_MAC = 0x0250_0000_0000L;
    private static final int STRIDE = 7919;

    private final HistoryRepository repository;
    private final long atS;
    private long stamp;

    SampleBindings(final HistoryRepository repository, final long atS) {
        this.repository = repository;
        this.atS = atS;
    }

    /** All of them in one commit. */
    void addAll() throws IOException {
        final Map<BindingKey, Binding> all = new HashMap<>();
        for (int i = 0; i < COUNT; i++) {
            all.put(key(i), next());
        }
        try (Batch batch = repository.batch()) {
            commit(batch, all, "entries changed: " + COUNT, repository.primary());
            batch.finish();
        }
    }

    /** One durable batch; each change a commit, of a binding far from the last one. */
    void change(final int commits) throws IOException {
        try (Batch batch = repository.batch()) {
            ObjectId tip = repository.primary();
            for (int i = 0; i < commits; i++) {
                final BindingKey key = key((int) (stamp * STRIDE % COUNT));
                final Binding binding = next();
                tip = commit(batch, Map.of(key, binding), message(key, binding), tip);
            }
            batch.finish();
        }
    }

    private static ObjectId commit(
            final Batch batch, final Map<BindingKey, Binding> changes, final String message, final ObjectId parent)
            throws IOException {
        final ObjectId tree = batch.edit(batch.treeOf(parent), changes);
        final long latestS = changes.values().stream()
                .mapToLong(each -> each.observed().seenS())
                .max()
                .orElseThrow();
        final ObjectId commit = batch.commit(tree, List.of(parent), message, latestS);
        batch.move(HistoryRepository.PRIMARY, commit);
        return commit;
    }

    private static BindingKey key(final int number) {
        return new BindingKey(0, SEGMENT, FIRST_ADDRESS + number);
    }

    private Binding next() {
        stamp++;
        return new Binding(
                new Observation(
                        Observation.State.LIVE,
                        FIRST_MAC + stamp,
                        atS + stamp,
                        atS + stamp,
                        0,
                        "answered",
                        SEGMENT,
                        new Stamp(stamp, ROUTER)),
                null);
    }

    /** As long as the historian's. */
    private static String message(final BindingKey key, final Binding binding) {
        final String mac = "02:50:00:%02x:%02x:%02x"
                .formatted(binding.mac() >> 16 & 0xFF, binding.mac() >> 8 & 0xFF, binding.mac() & 0xFF);
        final String address = key.block() + "." + key.host();
        return """
                entry moved: %s -> %s

                Ip: %s
                Mac: %s
                Mac-Old: %s
                Interface: lan
                Segment: lan
                Reason: claim unanswered
                """.formatted(address, mac, address, mac, mac);
    }
}
