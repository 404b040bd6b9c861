package org.portolan.bench.lab;

import java.util.List;

/**
 * The kernel's own NAT in the middle: nftables masquerade, or source NAT to a pool of addresses; what every comparison
 * is made with. Needs nft(8).
 */
public final class KernelNat implements DeviceUnderTest {
    private final Lab lab;
    private final List<Forward> forwards;
    private final String translation;
    private boolean running;

    private KernelNat(final Lab lab, final String translation, final List<Forward> forwards) {
        this.lab = lab;
        this.translation = translation;
        this.forwards = forwards;
    }

    /** To the outside device's own address. */
    public static KernelNat masquerading(final Lab lab, final Forward... forwards) {
        return new KernelNat(lab, "masquerade", List.of(forwards));
    }

    /** To a range of addresses, each host always to the same one; that they lead here is the caller's. */
    public static KernelNat withPool(final Lab lab, final String first, final String last) {
        return new KernelNat(lab, "snat to %s-%s persistent".formatted(first, last), List.of());
    }

    @Override
    public String name() {
        return "kernel nftables NAT";
    }

    /** The rule that translates. */
    public String rules() {
        return "oif %s %s".formatted(Lab.WAN, translation);
    }

    public boolean isRunning() {
        return running;
    }

    @Override
    public void start() {
        final Namespace router = lab.router();
        router.ip("address", "add", Lab.INSIDE_ADDRESS + "/24", "dev", Lab.LAN);
        router.ip("address", "add", Lab.OUTSIDE_ADDRESS + "/24", "dev", Lab.WAN);
        router.ip("route", "add", "default", "via", Lab.SERVER_ADDRESS);
        router.run(
                "nft",
                "add table ip nat; add chain ip nat out { type nat hook postrouting priority 100; };"
                        + "add rule ip nat out " + rules() + ";"
                        + "add chain ip nat in { type nat hook prerouting priority -100; };");
        for (final Forward forward : forwards) {
            router.run(
                    "nft",
                    "add rule ip nat in iif %s %s dport %d dnat to %s:%d"
                            .formatted(
                                    Lab.WAN,
                                    forward.protocol(),
                                    forward.externalPort(),
                                    forward.internalAddress(),
                                    forward.internalPort()));
        }
        router.sysctl("ipv4/ip_forward", "1");
        running = true;
    }

    @Override
    public void stop() {
        if (!running) {
            return;
        }
        running = false;
        final Namespace router = lab.router();
        router.sysctl("ipv4/ip_forward", "0");
        router.run("nft", "delete table ip nat");
        router.ip("address", "flush", "dev", Lab.LAN);
        router.ip("address", "flush", "dev", Lab.WAN);
    }
}
