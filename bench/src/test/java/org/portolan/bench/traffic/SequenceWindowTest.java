package org.portolan.bench.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceWindowTest {
    private final SequenceWindow window = new SequenceWindow();

    private void assertCounts(final long arrived, final long duplicates, final long reordered, final long tooLate) {
        assertThat(new long[] {window.arrived(), window.duplicates(), window.reordered(), window.tooLate()})
                .as("arrived, duplicates, reordered, too late")
                .containsExactly(arrived, duplicates, reordered, tooLate);
    }

    @Test
    void shouldCountFramesInOrderOnce() {
        for (int i = 0; i < 200_000; i++) {
            window.take(i);
        }
        assertCounts(200_000, 0, 0, 0);
    }

    @Test
    void shouldTellADuplicateFromALateFrame() {
        for (final int sequence : new int[] {0, 1, 3, 4, 2, 2, 0, 5}) {
            window.take(sequence);
        }
        assertCounts(6, 2, 1, 0);
    }

    @Test
    void shouldSeeADuplicateAtTheWindowsVeryEndAndNotBeyond() {
        for (int i = 0; i < SequenceWindow.SIZE; i++) {
            window.take(i);
        }
        window.take(0);
        assertCounts(SequenceWindow.SIZE, 1, 0, 0);
        window.take(SequenceWindow.SIZE);
        window.take(0);
        assertCounts(SequenceWindow.SIZE + 1, 1, 0, 1);
    }

    @Test
    void shouldForgetOldNumbersInAJumpOfAnyLength() {
        final int size = SequenceWindow.SIZE;
        for (final int jump : new int[] {1, 63, 64, 65, size - 1, size, 5 * size + 17}) {
            final SequenceWindow each = new SequenceWindow();
            each.take(0);
            each.take(jump);
            for (int late = Math.max(1, jump - SequenceWindow.SIZE + 1); late < jump; late++) {
                each.take(late);
            }
            assertThat(each.duplicates()).as("jump of %d", jump).isZero();
            assertThat(each.tooLate()).isZero();
        }
    }

    @Test
    void shouldGoOnWhereThirtyTwoBitsComeRound() {
        // Signed distance carries the window there in steps of 2^30.
        for (long at = 0; at < 1L << 32; at += 1L << 30) {
            window.take((int) at);
        }
        window.take(-1);
        window.take(0);
        window.take(1);
        window.take(0);
        assertCounts(7, 1, 0, 0);
    }

    @Test
    void shouldTakeNoNumberFromBeforeTheFirst() {
        window.take(-5);
        window.take(0x8000_0000);
        assertCounts(0, 0, 0, 2);
    }

    /** Beside a set that remembers everything. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldAgreeWithAMemoryOfEverything(final long seed) {
        final Random random = new Random(seed);
        final Set<Integer> seen = new HashSet<>();
        int highest = -1;
        long duplicates = 0;
        long reordered = 0;
        long tooLate = 0;
        for (int i = 0; i < 300_000; i++) {
            final int forward = random.nextInt(1000) == 0 ? random.nextInt(2 * SequenceWindow.SIZE) : random.nextInt(4);
            final int sequence = random.nextInt(4) == 0
                    ? Math.max(0, highest - random.nextInt(SequenceWindow.SIZE + 2_000))
                    : highest + 1 + forward;
            window.take(sequence);
            if (sequence <= highest - SequenceWindow.SIZE) {
                tooLate++;
            } else if (!seen.add(sequence)) {
                duplicates++;
            } else if (sequence < highest) {
                reordered++;
            }
            highest = Math.max(highest, sequence);
        }
        assertThat(duplicates).isPositive();
        assertThat(reordered).isPositive();
        assertThat(tooLate).isPositive();
        assertCounts(300_000 - duplicates - tooLate, duplicates, reordered, tooLate);
    }
}
