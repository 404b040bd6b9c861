package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.TcpExchange;

/**
 * TCP comes through whole, whatever the devices can and cannot do: large frames that the egress cannot segment,
 * checksums that nobody completes later.
 */
@NeedsRoot
class OffloadE2eTest {
    private static final int BYTES_EACH_WAY = 8 << 20;

    private Lab lab;
    private PortolanProcess router;

    @BeforeEach
    void start() {
        lab = Lab.builder().build();
        router = PortolanProcess.in(lab).build();
        router.start();
    }

    @AfterEach
    void stop() {
        router.close();
        lab.close();
    }

    @ParameterizedTest
    @CsvSource({
        "router egress without segmentation, false, true, false",
        "hosts without any offload, true, false, false",
        "nobody with any offload, true, true, true",
    })
    void shouldCarryTcpWholeWith(
            final String what, final boolean hosts, final boolean routerSegments, final boolean routerChecksums) {
        if (hosts) {
            set(lab.client().namespace(), Host.DEVICE, "tso", "gso", "gro", "tx");
            set(lab.server().namespace(), Host.DEVICE, "tso", "gso", "gro", "tx");
        }
        if (routerSegments) {
            set(lab.router(), Lab.LAN, "tso", "gso");
            set(lab.router(), Lab.WAN, "tso", "gso");
        }
        if (routerChecksums) {
            set(lab.router(), Lab.LAN, "tx", "gro");
            set(lab.router(), Lab.WAN, "tx", "gro");
        }
        final TcpExchange.Result result = TcpExchange.run(
                lab.server().namespace(),
                lab.server().at(5001),
                lab.client().namespace(),
                lab.server().at(5001),
                BYTES_EACH_WAY);
        assertThat(result.right()).as("%s: %s", what, result).isTrue();
        assertThat(router.drops("transmit_refused")).isZero();
        RouterChecks.assertLogIsClean(router);
    }

    private static void set(final Namespace namespace, final String device, final String... offloads) {
        for (final String offload : offloads) {
            namespace.run("ethtool", "-K", device, offload, "off");
        }
    }
}
