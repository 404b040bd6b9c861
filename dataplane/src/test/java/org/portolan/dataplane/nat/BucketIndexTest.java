package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketIndexTest {
    private static Set<Integer> candidates(final BucketIndex index, final long hash) {
        final Set<Integer> found = new HashSet<>();
        long candidate = index.first(hash);
        while (candidate >= 0) {
            assertThat(found.add((int) candidate)).as("a candidate comes once").isTrue();
            candidate = index.after(hash, candidate);
        }
        return found;
    }

    private static long tag(final long hash) {
        return Math.max(1, hash >>> 56);
    }

    /**
     * Few distinct hashes make long overflows; many make the usual case. Capacity is filled to the last entry again
     * and again.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 40, 5000})
    void shouldAgreeWithAModelUnderRandomInsertsAndRemoves(final int distinctHashes) {
        final Random random = new Random(distinctHashes);
        final int capacity = 700;
        final long[] hashes = random.longs(distinctHashes).toArray();
        final Map<Integer, Long> model = new HashMap<>();
        final List<Integer> live = new ArrayList<>();
        final List<Integer> free = new ArrayList<>();
        for (int entry = 0; entry < capacity; entry++) {
            free.add(entry);
        }
        int refused = 0;
        try (BucketIndex index = new BucketIndex(capacity, "test")) {
            for (int step = 0; step < 40_000; step++) {
                final boolean growing = step / 3000 % 2 == 0;
                final boolean insert = !free.isEmpty() && (live.isEmpty() || random.nextInt(10) < (growing ? 8 : 2));
                if (insert) {
                    final int entry = free.remove(random.nextInt(free.size()));
                    final long hash = hashes[random.nextInt(distinctHashes)];
                    if (!index.hasRoom(hash, 1)) {
                        refused++;
                        free.add(entry);
                        continue;
                    }
                    index.insert(hash, entry);
                    model.put(entry, hash);
                    live.add(entry);
                } else {
                    final int entry = live.remove(random.nextInt(live.size()));
                    assertThat(index.remove(model.remove(entry), entry)).isTrue();
                    free.add(entry);
                }
                if (step % 97 == 0) {
                    final long hash = hashes[random.nextInt(distinctHashes)];
                    final Set<Integer> expected = new HashSet<>();
                    model.forEach((entry, at) -> {
                        if (at == hash) {
                            expected.add(entry);
                        }
                    });
                    assertThat(candidates(index, hash))
                            .containsAll(expected)
                            .as("a candidate has the hash's upper byte at least")
                            .allMatch(entry -> tag(model.get(entry)) == tag(hash));
                }
            }
        }
        assertThat(refused > 0).as("few hashes overcrowd their buckets").isEqualTo(distinctHashes <= 3);
    }

    @Test
    void shouldForgetSpillsWhenTheSpilledEntriesAreRemoved() {
        final long hash = 42;
        try (BucketIndex index = new BucketIndex(100, "test")) {
            for (int entry = 0; entry < 30; entry++) {
                index.insert(hash, entry);
            }
            assertThat(index.spillsAtHome(hash))
                    .as("18 of 30 went past a bucket of 12")
                    .isEqualTo(18);
            for (int entry = 29; entry >= 0; entry--) {
                index.remove(hash, entry);
            }
            assertThat(index.touch(hash)).as("the bucket is as new").isZero();
            assertThat(index.spillsAtHome(hash)).isZero();
        }
    }

    @Test
    void shouldRefuseAnEntryBeyondItsReachAndSearchNoFurther() {
        final long hash = 42;
        final int reach = BucketIndex.REACH * BucketIndex.SLOTS;
        try (BucketIndex index = new BucketIndex(1000, "test")) {
            for (int entry = 0; entry < reach; entry++) {
                assertThat(index.hasRoom(hash, 1)).isTrue();
                index.insert(hash, entry);
            }
            assertThat(index.hasRoom(hash, 1)).isFalse();
            assertThat(index.spillsAtHome(hash))
                    .as("the most that can go past a bucket")
                    .isEqualTo(reach - BucketIndex.SLOTS);
            assertThat(candidates(index, hash)).hasSize(reach);
            assertThat(index.remove(hash, reach)).isFalse();
            assertThat(index.remove(hash, 5)).isTrue();
            assertThat(index.hasRoom(hash, 1)).isTrue();
            for (int entry = 0; entry < reach - 1; entry++) {
                assertThat(index.remove(hash, entry)).isEqualTo(entry != 5);
            }
            assertThat(candidates(index, hash)).containsExactly(reach - 1);
            assertThat(index.remove(hash, reach - 1)).isTrue();
            assertThat(index.touch(hash)).as("the bucket is as new").isZero();
            assertThat(index.spillsAtHome(hash)).isZero();
        }
    }

    @Test
    void shouldHaveRoomForEveryEntryWhenHashesAreSpread() {
        final Random random = new Random(4);
        final int capacity = 1_000_000;
        try (BucketIndex index = new BucketIndex(capacity, "test")) {
            for (int entry = 0; entry < capacity; entry++) {
                final long hash = random.nextLong();
                assertThat(index.hasRoom(hash, 1)).isTrue();
                index.insert(hash, entry);
            }
        }
    }

    @Test
    void shouldNotOfferEntriesWithAnotherTag() {
        final long hash = 0x1111_1100_0000_0001L;
        final long sameBucket = 0x2222_2200_0000_0001L;
        try (BucketIndex index = new BucketIndex(16, "test")) {
            index.insert(hash, 5);
            assertThat(candidates(index, sameBucket)).isEmpty();
            assertThat(candidates(index, hash)).containsExactly(5);
        }
    }

    @Test
    void shouldWorkWithASingleBucket() {
        try (BucketIndex index = new BucketIndex(1, "test")) {
            index.insert(-1L, 0);
            assertThat(candidates(index, -1L)).containsExactly(0);
            assertThat(candidates(index, -2L)).containsExactly(0);
            assertThat(index.remove(-1L, 0)).isTrue();
            assertThat(candidates(index, -1L)).isEmpty();
        }
    }
}
