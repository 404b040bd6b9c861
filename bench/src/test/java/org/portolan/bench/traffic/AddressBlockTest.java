package org.portolan.bench.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.bench.lab.LabException;

class AddressBlockTest {
    @Test
    void shouldReadWhatTheRoutersConfigHas() {
        final AddressBlock pool = AddressBlock.of("203.0.113.8-203.0.113.71");
        assertThat(pool.count()).isEqualTo(64);
        assertThat(pool.toString()).isEqualTo("203.0.113.8-203.0.113.71");
        assertThat(AddressBlock.of("203.0.113.2")).hasToString("203.0.113.2");
    }

    @Test
    void shouldContainBothEndsAndNothingBeyond() {
        final AddressBlock range = AddressBlock.of("127.255.255.254-128.0.0.1");
        for (final String inside : new String[] {"127.255.255.254", "128.0.0.0", "128.0.0.1"}) {
            assertThat(range.contains(AddressBlock.address(inside))).as(inside).isTrue();
        }
        for (final String outside : new String[] {"127.255.255.253", "128.0.0.2", "0.0.0.0", "255.255.255.255"}) {
            assertThat(range.contains(AddressBlock.address(outside)))
                    .as(outside)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "203.0.113",
                "203.0.113.256",
                "203.0.113.2-",
                "203.0.113.2-203.0.113.1",
                "0.0.0.0-200.0.0.0",
                "a.b.c.d"
            })
    void shouldRefuseWhatIsNoRange(final String text) {
        assertThatThrownBy(() -> AddressBlock.of(text))
                .isInstanceOf(LabException.class)
                .hasMessageStartingWith("not a");
    }
}
