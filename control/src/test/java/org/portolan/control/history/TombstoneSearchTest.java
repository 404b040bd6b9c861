package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.control.history.record.Stamp;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryRepository;

final class TombstoneSearchTest {
    private static final long NOW_S = 1_764_000_000L;
    private static final int A1 = 0xC0A80101;

    @TempDir
    private Path directory;

    private static Binding ended(final long endedS) {
        final Observation.State state = endedS == 0 ? Observation.State.LIVE : Observation.State.EXPIRED;
        return new Binding(
                new Observation(state, 0x0200_0000_0001L, 1, 1, endedS, "silent", "lan", new Stamp(1, "edge-2")), null);
    }

    @Test
    void shouldFindEachOldOneThatIsNotHeldInPartsOfTheTable() throws IOException {
        final Map<BindingKey, Binding> table = new HashMap<>();
        final Set<BindingKey> old = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            // Blocks whose order in the tree is not the order of their numbers.
            final BindingKey key = new BindingKey(i % 3, i % 2 == 0 ? "office" : "away", A1 + 64 * i);
            final long endedS = i % 5 == 0 ? 0 : i % 5 == 1 ? NOW_S - 5 : NOW_S - Tombstones.HORIZON_S - 1;
            table.put(key, ended(endedS));
            if (i % 2 != 0 && i % 5 > 1) {
                old.add(key);
            }
        }
        try (HistoryRepository repository = HistoryRepository.open(directory.resolve("g"), "edge-1", NOW_S);
                Batch batch = repository.batch()) {
            final ObjectId tree = batch.edit(repository.treeOf(repository.primary()), table);
            final ObjectReader reader = batch.reader();
            final TombstoneSearch search =
                    new TombstoneSearch(key -> key.segment().equals("office"), 7);
            for (int round = 0; round < 2; round++) {
                final List<BindingKey> found = new ArrayList<>();
                // 50 that are not held, 7 at a time: the eighth part is the rest.
                for (int part = 0; part < 8; part++) {
                    final List<BindingKey> next = search.next(reader, tree, new Tombstones(Map.of(), NOW_S)::isOld);
                    assertThat(next).hasSizeLessThanOrEqualTo(7);
                    found.addAll(next);
                }
                assertThat(found).containsExactlyInAnyOrderElementsOf(old);
            }
        }
    }
}
