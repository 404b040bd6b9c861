package org.portolan.control.expiry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WatermarkTest {
    private final Watermark mark = new Watermark();

    @Test
    void shouldSayEachMarkOnceOnTheWayUp() {
        assertThat(mark.pass(79, 100)).isZero();
        assertThat(mark.pass(80, 100)).isEqualTo(80);
        assertThat(mark.pass(94, 100)).isZero();
        assertThat(mark.pass(95, 100)).isEqualTo(95);
        assertThat(mark.pass(100, 100)).isZero();
        assertThat(mark.isHigh()).isTrue();
    }

    @Test
    void shouldSayTheHighestOfTwoMarksPassedAtOnce() {
        assertThat(mark.pass(99, 100)).isEqualTo(95);
    }

    @Test
    void shouldNotRepeatAMarkThatTheLevelMovesAround() {
        mark.pass(80, 100);
        for (int level = 75; level < 85; level++) {
            assertThat(mark.pass(level, 100)).isZero();
            assertThat(mark.pass(80, 100)).isZero();
        }
        mark.pass(95, 100);
        assertThat(mark.pass(90, 100)).isZero();
        assertThat(mark.pass(95, 100)).isZero();
        assertThat(mark.pass(89, 100)).isZero();
        assertThat(mark.pass(95, 100)).as("after it was well below").isEqualTo(95);
    }

    @Test
    void shouldSayThatItFellBelowAllMarksOnce() {
        assertThat(mark.pass(10, 100)).isZero();
        mark.pass(99, 100);
        assertThat(mark.pass(75, 100)).isZero();
        assertThat(mark.pass(74, 100)).isEqualTo(-80);
        assertThat(mark.pass(1, 100)).isZero();
        assertThat(mark.isHigh()).isFalse();
        assertThat(mark.pass(80, 100)).isEqualTo(80);
    }

    @Test
    void shouldTakeNothingForFullIfThereIsNoRoom() {
        assertThat(mark.pass(0, 0)).isZero();
    }
}
