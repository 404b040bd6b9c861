package org.portolan.control.history.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BindingKeyTest {
    @Test
    void shouldShardByTheFirstThreeOctets() {
        final BindingKey key = new BindingKey(0, "office", 0xC0A80114);
        assertThat(key.path()).isEqualTo("arp/0/office/192.168.1/20");
        assertThat(BindingKey.of(key.path())).contains(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "arp",
                "arp/0/office/192.168.1",
                "arp/0/office/192.168.1/256",
                "arp/0/office/192.168.1/020",
                "arp/00/office/192.168.1/20",
                "arp/65536/office/192.168.1/20",
                "arp/0/../192.168.1/20",
                "arp/0/.git/1.1.1/1",
                "arp/0/of fice/192.168.1/20",
                "arp/0/office/192.168.1/20/x",
                "nd/0/office/192.168.1/20",
                "arp/0//192.168.1/20"
            })
    void shouldKnowNoOtherPath(final String path) {
        assertThat(BindingKey.of(path)).isEmpty();
    }
}
