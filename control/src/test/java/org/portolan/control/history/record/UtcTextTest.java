package org.portolan.control.history.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UtcTextTest {
    private static final long LATEST_S = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

    private static long second(final String text) throws BadRecordException {
        final byte[] bytes = ("since " + text + "\n").getBytes(StandardCharsets.ISO_8859_1);
        return UtcText.second(bytes, "since ".length(), bytes.length - 1);
    }

    /** java.time is the oracle. */
    @Test
    void shouldWriteAndReadEverySecondAsJavaDoes() throws BadRecordException {
        final SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 20_000; i++) {
            final long second = i == 0 ? 0 : i == 1 ? LATEST_S : random.nextLong(LATEST_S + 1);
            final String text = Instant.ofEpochSecond(second).toString();
            assertThat(UtcText.of(second)).isEqualTo(text);
            assertThat(second(text)).isEqualTo(second);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026-11-23",
                "2026-11-23T14:02:11",
                "2026-11-23T14:02:11+",
                "2026-11-23 14:02:11Z",
                "2026-02-30T00:00:00Z",
                "2026-13-01T00:00:00Z",
                "2026-00-01T00:00:00Z",
                "2026-11-23T24:00:00Z",
                "2026-11-23T14:60:11Z",
                "2026-11-23T14:02:60Z",
                "2026-11-23T1:402:11Z",
                "+026-11-23T14:02:11Z",
                "2026-11-23T14:02:1\u00b2Z",
                "2026-11-23T14:02:11.5Z",
                "1969-12-31T23:59:59Z",
            })
    void shouldRefuseWhatIsNoTime(final String text) {
        assertThatThrownBy(() -> second(text)).isInstanceOf(BadRecordException.class);
    }
}
