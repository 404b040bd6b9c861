package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyedCountsTest {
    /** Up to the last address that fits, emptied and filled again; address 0 and its neighbors among them. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 64, 500})
    void shouldAgreeWithAMap(final int capacity) {
        final NatSecrets.Key secret = TestConfig.secrets(3).remotes();
        agree(capacity, KeyedCounts.ofInts(capacity, secret, "a test"), 0);
        agree(capacity, KeyedCounts.ofLongs(capacity, secret, "a test"), 0x7000_0000_0000L);
    }

    private static void agree(final int capacity, final KeyedCounts tested, final long base) {
        final Random random = new Random(capacity);
        final Map<Long, Integer> model = new HashMap<>();
        try (tested) {
            final KeyedCounts counts = tested;
            for (int step = 0; step < 50_000; step++) {
                final boolean growing = step / 2000 % 2 == 0;
                final long address = base + random.nextInt(2 * capacity) - capacity / 2;
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
                    for (long each = base - capacity; each < base + 2 * capacity; each++) {
                        assertThat(counts.of(each)).isEqualTo(model.getOrDefault(each, 0));
                    }
                }
            }
        }
    }
}
