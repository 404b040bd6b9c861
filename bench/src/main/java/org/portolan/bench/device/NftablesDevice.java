package org.portolan.bench.device;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.DeviceUnderTest;
import org.portolan.bench.lab.KernelNat;
import org.portolan.bench.lab.Lab;

/** The kernel's NAT: nftables masquerade, or source NAT to the pool, in the same topology. */
public final class NftablesDevice implements DeviceKind {
    @Override
    public String id() {
        return "nftables";
    }

    @Override
    public String name() {
        return "kernel nftables NAT";
    }

    @Override
    public Optional<String> obstacle(final Terms terms) {
        if (Command.find("nft").isEmpty()) {
            return Optional.of("nft is not installed (package nftables)");
        }
        return Conntrack.host().obstacle(terms.sessions());
    }

    @Override
    public DeviceUnderTest in(final Lab lab, final Terms terms) {
        return new Running(lab, terms);
    }

    private static final class Running implements DeviceUnderTest {
        private final Lab lab;
        private final Terms terms;
        private final KernelNat nat;

        private Running(final Lab lab, final Terms terms) {
            this.lab = lab;
            this.terms = terms;
            nat = terms.usesPool()
                    ? KernelNat.withPool(lab, Terms.POOL_FIRST, Terms.POOL_LAST)
                    : KernelNat.masquerading(lab);
        }

        @Override
        public String name() {
            return nat.name();
        }

        /**
         * An unanswered UDP flow lives as long as with the other devices, not the kernel's 30 s; and what the
         * generator opens can be answered, so the pool's addresses are the router's.
         */
        @Override
        public void start() {
            Conntrack.host().makeRoomFor(terms.sessions());
            nat.start();
            lab.router().ip("route", "add", Terms.HOSTS_NETWORK, "via", Lab.CLIENT_ADDRESS);
            lab.router().sysctl("netfilter/nf_conntrack_udp_timeout", "300");
            if (terms.usesPool()) {
                lab.router().ip("route", "add", "local", Terms.POOL_NETWORK, "dev", Lab.WAN);
            }
        }

        @Override
        public void stop() {
            if (terms.usesPool() && nat.isRunning()) {
                lab.router().ip("route", "delete", "local", Terms.POOL_NETWORK, "dev", Lab.WAN);
            }
            nat.stop();
            Conntrack.host().putBack();
        }

        @Override
        public Map<String, String> settings() {
            final Map<String, String> settings = new LinkedHashMap<>();
            settings.put("rules", nat.rules());
            settings.putAll(Conntrack.host().settings());
            settings.put("nf_conntrack_udp_timeout", "300");
            settings.putAll(KernelSettings.of(lab));
            return settings;
        }
    }
}
