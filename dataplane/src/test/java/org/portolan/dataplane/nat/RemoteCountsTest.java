package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteCountsTest {
    /** Up to the last address that fits, emptied and filled again; address 0 and its neighbors among them. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 64, 500})
    void shouldAgreeWithAMap(final int capacity) {
        final Random random = new Random(capacity);
        final Map<Integer, Integer> model = new HashMap<>();
        try (RemoteCounts counts =
                new RemoteCounts(capacity, TestConfig.secrets(3).remotes())) {
            for (int step = 0; step < 50_000; step++) {
                final boolean growing = step / 2000 % 2 == 0;
                final int address = random.nextInt(2 * capacity) - capacity / 2;
                if (random.nextInt(10) < (growing ? 8 : 2)) {
                    if (model.containsKey(address) || model.size() < capacity) {
                        counts.add(address);
                        model.merge(address, 1, Integer::sum);
                    }
                } else if (model.containsKey(address)) {
                    counts.remove(address);
                    model.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
                }
                assertThat(counts.of(address)).isEqualTo(model.getOrDefault(address, 0));
                if (step % 500 == 0) {
                    for (int each = -capacity; each < 2 * capacity; each++) {
                        assertThat(counts.of(each)).isEqualTo(model.getOrDefault(each, 0));
                    }
                }
            }
        }
    }
}
