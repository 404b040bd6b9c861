package org.portolan.bench.e2e;

import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.Namespace;

/**
 * Two hops beyond the router's gateway: the gateway forwards to a second router, and that one to a host. No hop limits
 * the ICMP errors that it sends, so that a lost line of traceroute(8) is the router's fault.
 */
final class FarNetwork implements AutoCloseable {
    static final String TRANSIT_ADDRESS = "192.0.2.2";
    static final String HOST_ADDRESS = "192.0.2.130";

    private static final String GATEWAY_TRANSIT_ADDRESS = "192.0.2.1";
    private static final String TRANSIT_HOST_ADDRESS = "192.0.2.129";

    private final Namespace transit = Namespace.create("transit");
    private final Namespace host = Namespace.create("far");

    FarNetwork(final Lab lab) {
        final Namespace gateway = lab.server().namespace();
        cable(gateway, "far", GATEWAY_TRANSIT_ADDRESS, transit, "near", TRANSIT_ADDRESS);
        cable(transit, "far", TRANSIT_HOST_ADDRESS, host, Host.DEVICE, HOST_ADDRESS);
        for (final Namespace hop : new Namespace[] {gateway, transit, host}) {
            hop.sysctl("ipv4/ip_forward", "1");
            hop.sysctl("ipv4/icmp_ratelimit", "0");
        }
        gateway.ip("route", "add", HOST_ADDRESS + "/32", "via", TRANSIT_ADDRESS);
        transit.ip("route", "add", "default", "via", GATEWAY_TRANSIT_ADDRESS);
        host.ip("route", "add", "default", "via", TRANSIT_HOST_ADDRESS);
    }

    private static void cable(
            final Namespace left,
            final String leftDevice,
            final String leftAddress,
            final Namespace right,
            final String rightDevice,
            final String rightAddress) {
        Command.run(
                "ip",
                "link",
                "add",
                "name",
                leftDevice,
                "netns",
                left.name(),
                "type",
                "veth",
                "peer",
                "name",
                rightDevice,
                "netns",
                right.name());
        up(left, leftDevice, leftAddress);
        up(right, rightDevice, rightAddress);
    }

    private static void up(final Namespace namespace, final String device, final String address) {
        namespace.ip("address", "add", address + "/30", "dev", device);
        namespace.ip("link", "set", "dev", device, "up");
    }

    Namespace host() {
        return host;
    }

    /**
     * Gives the cable between the second router and the host another MTU, at the router's end: the host keeps its own.
     */
    void limitLastLink(final int mtu) {
        transit.ip("link", "set", "dev", "far", "mtu", Integer.toString(mtu));
    }

    @Override
    public void close() {
        host.close();
        transit.close();
    }
}
