package org.portolan.control.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MacTextTest {
    @Test
    void shouldReadWhatPeopleAndEthersWrite() {
        assertThat(MacText.parse("02:50:2a:16:6d:14")).isEqualTo(0x0250_2A16_6D14L);
        assertThat(MacText.parse("02:50:2A:16:6D:14")).isEqualTo(0x0250_2A16_6D14L);
        assertThat(MacText.parse("2:5:a:0:6d:14")).isEqualTo(0x0205_0A00_6D14L);
        assertThat(MacText.parse("02-50-2a-16-6d-14")).isEqualTo(0x0250_2A16_6D14L);
        assertThat(MacText.parse("ff:ff:ff:ff:ff:ff")).isEqualTo(0xFFFF_FFFF_FFFFL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "02:50:2a:16:6d",
                "02:50:2a:16:6d:14:01",
                "02:50:2a:16:6d:",
                ":02:50:2a:16:6d:14",
                "02::2a:16:6d:14",
                "002:50:2a:16:6d:14",
                "02:50:2a:16:6d:1g",
                "02:50:2a-16-6d-14",
                "02502a166d14",
                "0250.2a16.6d14",
                " 02:50:2a:16:6d:14",
                "02:50:2a:16:6d:14 ",
                "02:50:2a:16:6d:1\u0664",
                "+2:50:2a:16:6d:14",
                "0x:50:2a:16:6d:14"
            })
    void shouldRefuseEverythingElse(final String text) {
        assertThat(MacText.isMac(text)).isFalse();
        assertThatThrownBy(() -> MacText.parse(text)).hasMessage("not a MAC address: " + text);
    }
}
