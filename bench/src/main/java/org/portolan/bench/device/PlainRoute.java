package org.portolan.bench.device;

import java.util.Map;
import org.portolan.bench.lab.DeviceUnderTest;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.Namespace;

/**
 * The kernel's forwarding without any NAT: the base (RFC 8219's name for such a twin is "ip4base") that shows how much
 * of a result is the lab's and how much the translation's. The server has a route back, since sources stay private.
 */
final class PlainRoute implements DeviceUnderTest {
    private final Lab lab;
    private boolean running;

    PlainRoute(final Lab lab) {
        this.lab = lab;
    }

    @Override
    public String name() {
        return "kernel route, no NAT";
    }

    @Override
    public void start() {
        final Namespace router = lab.router();
        router.ip("address", "add", Lab.INSIDE_ADDRESS + "/24", "dev", Lab.LAN);
        router.ip("address", "add", Lab.OUTSIDE_ADDRESS + "/24", "dev", Lab.WAN);
        lab.server().namespace().ip("route", "add", Terms.INSIDE_NETWORK, "via", Lab.OUTSIDE_ADDRESS);
        lab.server().namespace().ip("route", "add", Terms.HOSTS_NETWORK, "via", Lab.OUTSIDE_ADDRESS);
        router.ip("route", "add", Terms.HOSTS_NETWORK, "via", Lab.CLIENT_ADDRESS);
        router.sysctl("ipv4/ip_forward", "1");
        running = true;
    }

    @Override
    public Map<String, String> settings() {
        return KernelSettings.of(lab);
    }

    @Override
    public void stop() {
        if (!running) {
            return;
        }
        running = false;
        lab.router().sysctl("ipv4/ip_forward", "0");
        lab.server().namespace().ip("route", "delete", Terms.INSIDE_NETWORK);
        lab.server().namespace().ip("route", "delete", Terms.HOSTS_NETWORK);
        lab.router().ip("address", "flush", "dev", Lab.LAN);
        lab.router().ip("address", "flush", "dev", Lab.WAN);
    }
}
