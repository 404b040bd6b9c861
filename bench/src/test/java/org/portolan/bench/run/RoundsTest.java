package org.portolan.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A median with its range, and what the range says. */
class RoundsTest {
    @Test
    void shouldTellMedianRangeAndCount() {
        assertThat(Rounds.of(3, 1, 2)).isEqualTo(new Rounds(2, 1, 3, 3));
        assertThat(Rounds.of(4, 1, 3, 2)).as("mean of the middle two").isEqualTo(new Rounds(2.5, 1, 4, 4));
        assertThat(Rounds.of(10, 20)).isEqualTo(new Rounds(15, 10, 20, 2));
        assertThat(Rounds.of(7)).isEqualTo(new Rounds(7, 7, 7, 1));
    }

    @Test
    void shouldCallRoundsWideOnlyBeyondAQuarterOfTheirMedian() {
        assertThat(Rounds.of(90, 100, 115).isWide()).isFalse();
        assertThat(Rounds.of(90, 100, 115.1).isWide()).isTrue();
        assertThat(Rounds.of(0, 0, 0).isWide()).as("all alike").isFalse();
        assertThat(Rounds.of(0, 0, 5).isWide()).as("from nothing to something").isTrue();
        assertThat(Rounds.of(-1, -1, 1).spread()).isEqualTo(2);
    }

    @Test
    void shouldOverlapWhereAValueIsInBothRanges() {
        assertThat(Rounds.of(1, 2, 3).overlaps(Rounds.of(3, 4, 5))).isTrue();
        assertThat(Rounds.of(1, 2, 3).overlaps(Rounds.of(3.1, 4, 5))).isFalse();
        assertThat(Rounds.of(3.1, 4, 5).overlaps(Rounds.of(1, 2, 3))).isFalse();
        assertThat(Rounds.of(1, 9).overlaps(Rounds.of(4, 5)))
                .as("one within the other")
                .isTrue();
    }

    @Test
    void shouldWriteMedianAndRange() {
        assertThat(Rounds.of(742_000, 623_000, 831_000).text(0)).isEqualTo("742,000 (623,000 to 831,000)");
    }
}
