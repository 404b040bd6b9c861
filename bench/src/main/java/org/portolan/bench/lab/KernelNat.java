package org.portolan.bench.lab;

import java.util.List;

/** The kernel's own NAT in the middle: nftables masquerade, what every comparison is made with. Needs nft(8). */
public final class KernelNat implements DeviceUnderTest {
    private final Lab lab;
    private final List<Forward> forwards;
    private boolean running;

    public KernelNat(final Lab lab, final Forward... forwards) {
        this.lab = lab;
        this.forwards = List.of(forwards);
    }

    @Override
    public String name() {
        return "kernel nftables masquerade";
    }

    @Override
    public void start() {
        final Namespace router = lab.router();
        router.ip("address", "add", Lab.INSIDE_ADDRESS + "/24", "dev", Lab.LAN);
        router.ip("address", "add", Lab.OUTSIDE_ADDRESS + "/24", "dev", Lab.WAN);
        router.ip("route", "add", "default", "via", Lab.SERVER_ADDRESS);
        router.run("nft", "add table ip nat; add chain ip nat out { type nat hook postrouting priority 100; };"
                + "add rule ip nat out oif " + Lab.WAN + " masquerade;"
                + "add chain ip nat in { type nat hook prerouting priority -100; };");
        for (final Forward forward : forwards) {
            router.run("nft", "add rule ip nat in iif %s %s dport %d dnat to %s:%d".formatted(
                    Lab.WAN, forward.protocol(), forward.externalPort(), forward.internalAddress(), forward.internalPort()));
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
