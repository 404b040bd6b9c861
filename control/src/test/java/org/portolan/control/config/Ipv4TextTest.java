package org.portolan.control.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.dataplane.wire.Ipv4;

final class Ipv4TextTest {
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "255.255.255.255", "192.168.1.10", "1.2.3.4", "10.0.200.99"})
    void shouldReadWhatItsPrinterWrites(final String text) {
        assertThat(Ipv4Text.isAddress(text)).isTrue();
        assertThat(Ipv4.describeAddress(Ipv4Text.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1.2.3",
                "1.2.3.",
                "1.2.3.4.",
                ".1.2.3.4",
                "1..2.3",
                "1.2.3.256",
                "1.2.3.04",
                "00.1.2.3",
                "1.2.3.4 ",
                " 1.2.3.4",
                "+1.2.3.4",
                "-1.2.3.4",
                "1.2.3.4/8",
                "0x1.2.3.4",
                "1.2.3.1000",
                "1.2.3.a",
                "\u0661.2.3.4",
                "1,2,3,4",
                "999999999999999999999.1.1.1"
            })
    void shouldRefuseEverythingElse(final String text) {
        assertThat(Ipv4Text.isAddress(text)).isFalse();
        assertThatThrownBy(() -> Ipv4Text.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldKnowWhoCanBeAHost() {
        assertThat(new String[] {"1.0.0.0", "126.1.1.1", "128.0.0.1", "169.254.1.1", "223.255.255.255"})
                .allMatch(text -> Ipv4Text.isUnicast(Ipv4Text.parse(text)));
        assertThat(new String[] {"0.0.0.1", "127.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"})
                .noneMatch(text -> Ipv4Text.isUnicast(Ipv4Text.parse(text)));
    }

    @Test
    void shouldKnowTheEdgesOfASubnet() {
        final Subnet half = Subnet.around(Ipv4Text.parse("200.1.2.3"), 1);
        assertThat(half).hasToString("128.0.0.0/1");
        assertThat(half.last()).isEqualTo(-1);
        assertThat(half.contains(Ipv4Text.parse("127.255.255.255"))).isFalse();
        assertThat(Subnet.around(5, 0).contains(-1)).isTrue();
        assertThat(Subnet.around(5, 32).isHost(5)).isTrue();
        assertThatThrownBy(() -> new Subnet(1, 24)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldCompareAddressesWithoutASign() {
        final AddressRange across = new AddressRange(Ipv4Text.parse("127.255.255.255"), Ipv4Text.parse("128.0.0.1"));
        assertThat(across.size()).isEqualTo(3);
        assertThat(across.contains(Ipv4Text.parse("128.0.0.0"))).isTrue();
        assertThat(across.contains(0)).isFalse();
    }
}
