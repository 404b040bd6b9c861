package org.portolan.bench.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.bench.lab.LabException;

class FrameSizeTest {
    @Test
    void shouldLeaveTheCheckSequenceOutOfTheBuffer() {
        assertThat(FrameSize.FIXED)
                .extracting(FrameSize::longestBytes)
                .containsExactly(60, 124, 252, 508, 1020, 1276, 1514);
        assertThat(FrameSize.FIXED)
                .extracting(FrameSize::toString)
                .containsExactly("64", "128", "256", "512", "1024", "1280", "1518");
    }

    @Test
    void shouldMixSevenFourOne() {
        final FrameSize mix = FrameSize.of("imix");
        assertThat(mix).isSameAs(FrameSize.IMIX);
        assertThat(mix.patternLength()).isEqualTo(12);
        assertThat(IntStream.range(0, 12)
                        .filter(place -> mix.bytes(place) == 60)
                        .count())
                .isEqualTo(7);
        assertThat(IntStream.range(0, 12)
                        .filter(place -> mix.bytes(place) == 566)
                        .count())
                .isEqualTo(4);
        assertThat(IntStream.range(0, 12)
                        .filter(place -> mix.bytes(place) == 1514)
                        .count())
                .isEqualTo(1);
        assertThat(mix.meanBytes()).isCloseTo((7 * 64 + 4 * 570 + 1518) / 12.0 - 4, within(1e-9));
        assertThat(mix.longestBytes()).isEqualTo(1514);
    }

    @Test
    void shouldTakeAnySizeThatAnMtuOf1500Carries() {
        assertThat(FrameSize.of("777").longestBytes()).isEqualTo(773);
    }

    @ParameterizedTest
    @ValueSource(strings = {"63", "1519", "9000", "", "mix", "-64", "64.0"})
    void shouldRefuseOthers(final String text) {
        assertThatThrownBy(() -> FrameSize.of(text))
                .isInstanceOf(LabException.class)
                .hasMessage("frame size: imix, or 64 to 1518 with the check sequence, not " + text);
    }
}
