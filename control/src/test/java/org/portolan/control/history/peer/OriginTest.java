package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

final class OriginTest {
    private static Origin of(final String address) throws UnknownHostException {
        return Origin.of(InetAddress.getByName(address));
    }

    @Test
    void shouldTakeAllAddressesOfALinkForOneClient() throws UnknownHostException {
        assertThat(of("2001:db8:0:1::1")).isEqualTo(of("2001:db8:0:1:ffff::2")).isNotEqualTo(of("2001:db8:0:2::1"));
        assertThat(of("192.0.2.1")).isEqualTo(of("::ffff:192.0.2.1")).isNotEqualTo(of("192.0.2.2"));
    }

    @Test
    void shouldKnowThisMachine() throws UnknownHostException {
        assertThat(of("127.0.0.1").isLocal()).isTrue();
        assertThat(of("::1").isLocal()).isTrue();
        assertThat(of("::1")).isNotEqualTo(of("::2"));
        assertThat(of("192.0.2.1").isLocal()).isFalse();
    }
}
