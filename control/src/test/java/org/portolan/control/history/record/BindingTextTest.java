package org.portolan.control.history.record;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BindingTextTest {
    private static final String WHOLE = """
            state expired
            mac 02:50:2a:16:6d:01
            since 2026-11-23T14:02:11Z
            seen 2026-11-23T14:32:11Z
            ended 2026-11-23T15:00:00Z
            reason silent
            interface lan
            stamp 184 edge-1
            static 02:50:2a:16:6d:09
            static-by root
            static-since 2026-11-23T14:02:11Z
            static-stamp 185 edge-1
            """;

    @Test
    void shouldReadAndWriteTheFormOfTheFormatDescription() throws BadRecordException {
        final Binding binding = BindingText.decode(WHOLE.getBytes(US_ASCII));
        assertThat(binding.mac()).isEqualTo(0x0250_2A16_6D09L);
        assertThat(binding.observed().stamp()).isEqualTo(new Stamp(184, "edge-1"));
        assertThat(new String(BindingText.encode(binding), US_ASCII)).isEqualTo(WHOLE);
    }

    @Test
    void shouldReadBackWhateverItWrites() throws BadRecordException {
        final RandomBindings random = new RandomBindings(7);
        for (int i = 0; i < 20_000; i++) {
            final Binding binding = random.binding();
            assertThat(BindingText.decode(BindingText.encode(binding))).isEqualTo(binding);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "state expired|state gone",
                "mac 02:50:2a:16:6d:01|mac 01:50:2a:16:6d:01",
                "mac 02:50:2a:16:6d:01|mac ff:ff:ff:ff:ff:ff",
                "mac 02:50:2a:16:6d:01|mac 00:00:00:00:00:00",
                "mac 02:50:2a:16:6d:01|mac 02:50:2A:16:6D:01",
                "since 2026-11-23T14:02:11Z|since yesterday",
                "since 2026-11-23T14:02:11Z|since 2026-11-23T14:02:11.5Z",
                "since 2026-11-23T14:02:11Z|since +1000000-01-01T00:00:00Z",
                "ended 2026-11-23T15:00:00Z\n|",
                "reason silent|reason ",
                "reason silent|reason silent ",
                "reason silent|reason  silent",
                "reason silent|reason\tsilent",
                "since 2026-11-23T14:02:11Z|since 1969-12-31T23:59:59Z",
                "stamp 184 edge-1|stamp 184",
                "stamp 184 edge-1|stamp ",
                "stamp 184 edge-1|stamp edge-1",
                "stamp 184 edge-1|stamp 0184 edge-1",
                "stamp 184 edge-1|stamp 12345678901234567 edge-1",
                "stamp 184 edge-1|stamp 184 edge/1",
                "static-stamp 185 edge-1\n|static-stamp 185 edge-1",
                "static-stamp 185 edge-1\n|",
                "static 02:50:2a:16:6d:09|static remove",
                "static 02:50:2a:16:6d:09|static removed ",
                "stamp 184 edge-1|stamp 0 edge-1",
                "stamp 184 edge-1|stamp 99999999999999999 edge-1",
                "stamp 184 edge-1|stamp 184 edge 1",
                "static-by root\n|",
                "interface lan|interface lan\ninterface wan",
                "reason silent|reason silent\nnote more"
            })
    void shouldRefuse(final String replacement) {
        final String[] parts = replacement.split("\\|", -1);
        final byte[] bytes = WHOLE.replace(parts[0], parts[1]).getBytes(US_ASCII);
        assertThatThrownBy(() -> BindingText.decode(bytes)).isInstanceOf(BadRecordException.class);
    }

    @Test
    void shouldRefuseWhatEndsAnywhereButAtItsEnd() {
        final byte[] whole = WHOLE.getBytes(US_ASCII);
        final int observation = WHOLE.indexOf("static");
        for (int length = 0; length < whole.length; length++) {
            final byte[] bytes = Arrays.copyOf(whole, length);
            if (length != observation) {
                assertThatThrownBy(() -> BindingText.decode(bytes)).isInstanceOf(BadRecordException.class);
            }
        }
    }

    @Test
    void shouldNeverFailOtherwiseOnHostileBytes() {
        final Random random = new Random(3);
        final byte[] whole = WHOLE.getBytes(US_ASCII);
        int refused = 0;
        for (int i = 0; i < 100_000; i++) {
            final byte[] bytes = whole.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(BindingText.encode(BindingText.decode(bytes))).isEqualTo(bytes);
            } catch (final BadRecordException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(50_000);
    }
}
