package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.portolan.bench.device.Conntrack;
import org.portolan.bench.device.NftablesDevice;
import org.portolan.bench.device.Terms;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.DeviceUnderTest;
import org.portolan.bench.lab.Lab;

/** The machine's limit of connections, which a comparison with the kernel's NAT must not change behind its back. */
@NeedsRoot
class ConntrackE2eTest {
    private static final String MAX = "/proc/sys/net/netfilter/nf_conntrack_max";

    private static String max() {
        return Command.run("cat", MAX).strip();
    }

    @Test
    void shouldSayWhatTheKernelSaysAndLeaveItAsItWas() {
        try (Lab lab = Lab.builder().build();
                DeviceUnderTest nat = new NftablesDevice().in(lab, new Terms(1))) {
            nat.start();
            final String before = max();
            assertThat(nat.settings().get("nf_conntrack_max").replace(",", "")).isEqualTo(before);
            assertThat(Conntrack.host().obstacle(Long.parseLong(before) / 2)).isEmpty();
            final long much = 100 * Long.parseLong(before);
            assertThat(Conntrack.host().obstacle(much))
                    .hasValueSatisfying(why ->
                            assertThat(why).contains("sysctl -w net.netfilter.nf_conntrack_max=" + (much + much / 4)));
            assertThat(max()).isEqualTo(before);
        }
    }
}
