package org.portolan.bench.lab;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One wire of the lab: the router's device and the hosts at the other end. One host: a veth pair. Several: each end is
 * plugged into a bridge, in a namespace of its own that has no address.
 */
final class Segment {
    private static final String BRIDGE = "bridge";

    private final Namespace router;
    private final String device;
    private final int mtu;
    private final List<Host> hosts;
    private final Namespace wire;
    private final String routerPort;
    private final boolean joined;
    private final AtomicInteger routers;

    /** @param wire where the bridge goes; null when there is one host */
    Segment(final Namespace router, final String device, final int mtu, final List<Host> hosts, final Namespace wire) {
        this(router, device, mtu, hosts, wire, "router", false, new AtomicInteger(1));
    }

    private Segment(
            final Namespace router,
            final String device,
            final int mtu,
            final List<Host> hosts,
            final Namespace wire,
            final String routerPort,
            final boolean joined,
            final AtomicInteger routers) {
        this.router = router;
        this.device = device;
        this.mtu = mtu;
        this.hosts = hosts;
        this.wire = wire;
        this.routerPort = routerPort;
        this.joined = joined;
        this.routers = routers;
    }

    /** The same wire as another router comes to it, whose device is not made yet. */
    Segment joinedBy(final Namespace another) {
        if (wire == null) {
            throw new LabException("a wire with one host is a cable: ask for two clients or more to share it");
        }
        return new Segment(another, device, mtu, hosts, wire, "router" + routers.incrementAndGet(), true, routers);
    }

    List<Host> hosts() {
        return hosts;
    }

    /** Makes all devices and takes them up. */
    void connect() {
        if (wire != null && !joined) {
            wire.ip("link", "add", BRIDGE, "type", "bridge");
            wire.ip("link", "set", BRIDGE, "mtu", Integer.toString(mtu), "addrgenmode", "none", "up");
            for (int i = 0; i < hosts.size(); i++) {
                veth(hosts.get(i).namespace(), Host.DEVICE, wire, "host" + i);
                plug("host" + i);
            }
        }
        connectRouter();
        if (!joined) {
            hosts.forEach(host -> host.configure(mtu));
        }
    }

    /**
     * Makes the router's device again after {@link #disconnectRouter}, with another MAC address. A lone host's device
     * is made again with it.
     */
    void reconnectRouter() {
        connectRouter();
        if (wire == null) {
            hosts.getFirst().configure(mtu);
        }
    }

    /** Deletes the router's device. A lone host's, the other end of the pair, goes with it. */
    void disconnectRouter() {
        router.ip("link", "del", device);
    }

    private void connectRouter() {
        if (wire == null) {
            veth(router, device, hosts.getFirst().namespace(), Host.DEVICE);
        } else {
            veth(router, device, wire, routerPort);
            plug(routerPort);
        }
        router.sysctl("ipv4/conf/" + device + "/forwarding", "0");
        router.ip("link", "set", device, "mtu", Integer.toString(mtu), "addrgenmode", "none", "up");
    }

    private void plug(final String port) {
        wire.ip("link", "set", port, "mtu", Integer.toString(mtu), "addrgenmode", "none", "master", BRIDGE, "up");
    }

    private static void veth(final Namespace here, final String name, final Namespace there, final String peer) {
        Command.run(
                "ip",
                "link",
                "add",
                "name",
                name,
                "netns",
                here.name(),
                "type",
                "veth",
                "peer",
                "name",
                peer,
                "netns",
                there.name());
    }
}
