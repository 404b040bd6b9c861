package org.portolan.bench.lab;

import java.util.ArrayList;
import java.util.List;

/**
 * The private network: clients, the router's namespace, servers. Built by {@link Builder#build}, gone at {@link
 * #close}.
 *
 * <p>Clients are 192.168.1.10, .11, ...; outside hosts 203.0.113.1 (the router's gateway, called the server), .3, .4,
 * ... The server also answers on 198.51.100.1, which only the default route leads to.
 */
public final class Lab implements AutoCloseable {
    /** The router's device towards the clients. */
    public static final String LAN = "lan";

    /** The router's device towards the servers. */
    public static final String WAN = "wan";

    public static final String INSIDE_ADDRESS = "192.168.1.1";
    public static final String OUTSIDE_ADDRESS = "203.0.113.2";
    public static final String CLIENT_ADDRESS = "192.168.1.10";
    public static final String SERVER_ADDRESS = "203.0.113.1";
    public static final String FAR_ADDRESS = "198.51.100.1";

    private static final int PREFIX_LENGTH = 24;
    private static final int FIRST_CLIENT = 10;
    private static final int SECOND_SERVER = 3;

    private final List<Namespace> namespaces = new ArrayList<>();
    private final Namespace router;
    private final Segment inside;
    private final Segment outside;

    private Lab(final Builder options) {
        try {
            router = namespace("router");
            inside = options.sharing == null
                    ? segment(LAN, options.mtu, clients(options.clients))
                    : options.sharing.inside.joinedBy(router);
            outside = segment(WAN, options.mtu, servers(options.outsideHosts));
            router.sysctl("ipv4/ip_forward", "0");
            inside.connect();
            outside.connect();
            server().namespace().ip("address", "add", FAR_ADDRESS + "/32", "dev", "lo");
        } catch (final RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Options, each with a default that suits most. */
    public static final class Builder {
        private int clients = 1;
        private int outsideHosts = 1;
        private int mtu = 1500;
        private Lab sharing;

        private Builder() {}

        public Builder clients(final int count) {
            clients = count;
            return this;
        }

        /** Hosts on the outside wire, the server included. */
        public Builder outsideHosts(final int count) {
            outsideHosts = count;
            return this;
        }

        /**
         * Plugs this lab's router into another lab's inside wire, where that one's clients are and no others; as many
         * labs as one likes may share it. The one that has the clients has more than one, so that there is a bridge,
         * and is closed last.
         */
        public Builder sharingInsideOf(final Lab other) {
            sharing = other;
            return this;
        }

        /** Of every device in the lab, bytes. */
        public Builder mtu(final int bytes) {
            mtu = bytes;
            return this;
        }

        /**
         * Builds the network; when a step fails, what was made is taken away again and {@link LabException} says why.
         */
        public Lab build() {
            return new Lab(this);
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    private Namespace namespace(final String role) {
        final Namespace made = Namespace.create(role);
        namespaces.add(made);
        return made;
    }

    private Segment segment(final String device, final int mtu, final List<Host> hosts) {
        return new Segment(router, device, mtu, hosts, hosts.size() == 1 ? null : namespace(device + "-wire"));
    }

    private List<Host> clients(final int count) {
        final List<Host> hosts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final Namespace namespace = namespace(i == 0 ? "client" : "client" + (i + 1));
            hosts.add(new Host(namespace, "192.168.1." + (FIRST_CLIENT + i), PREFIX_LENGTH, INSIDE_ADDRESS));
        }
        return List.copyOf(hosts);
    }

    private List<Host> servers(final int count) {
        final List<Host> hosts = new ArrayList<>();
        hosts.add(new Host(namespace("server"), SERVER_ADDRESS, PREFIX_LENGTH, ""));
        for (int i = 1; i < count; i++) {
            hosts.add(
                    new Host(namespace("server" + (i + 1)), "203.0.113." + (SECOND_SERVER + i - 1), PREFIX_LENGTH, ""));
        }
        return List.copyOf(hosts);
    }

    /** Where the {@link DeviceUnderTest} runs. */
    public Namespace router() {
        return router;
    }

    /** The first client, 192.168.1.10. */
    public Host client() {
        return inside.hosts().getFirst();
    }

    /** The router's gateway, 203.0.113.1. */
    public Host server() {
        return outside.hosts().getFirst();
    }

    public List<Host> clients() {
        return inside.hosts();
    }

    /** Everyone on the outside wire, {@link #server} first. */
    public List<Host> outsideHosts() {
        return outside.hosts();
    }

    /** Every namespace, the router's first. */
    public List<Namespace> namespaces() {
        return List.copyOf(namespaces);
    }

    /** Takes a device of the router down. */
    public void takeDown(final String device) {
        router.ip("link", "set", device, "down");
    }

    /** Takes a device of the router up again. */
    public void takeUp(final String device) {
        router.ip("link", "set", device, "up");
    }

    /** Deletes a device of the router; the far end of the cable goes with it. */
    public void delete(final String device) {
        segmentOf(device).disconnectRouter();
    }

    /** Makes a deleted device of the router again: same name, another MAC address and index. */
    public void recreate(final String device) {
        segmentOf(device).reconnectRouter();
    }

    private Segment segmentOf(final String device) {
        return switch (device) {
            case LAN -> inside;
            case WAN -> outside;
            default -> throw new LabException("the router has " + LAN + " and " + WAN + ", not " + device);
        };
    }

    @Override
    public void close() {
        namespaces.reversed().forEach(Namespace::close);
    }
}
