package org.portolan.bench.lab;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * A computer at the edge of the lab: a namespace with one device, {@code eth}, and one address.
 *
 * @param address IPv4, dotted
 * @param gateway next hop for everything else, dotted, or empty for none
 */
public record Host(Namespace namespace, String address, int prefixLength, String gateway) {
    /** Every host's device is called so. */
    public static final String DEVICE = "eth";

    /** An endpoint on this host. */
    public InetSocketAddress at(final int port) {
        return at(address, port);
    }

    /** An endpoint by dotted address: no name is ever looked up. */
    public static InetSocketAddress at(final String address, final int port) {
        try {
            final String[] octets = address.split("\\.");
            final byte[] bytes = new byte[4];
            for (int i = 0; i < 4; i++) {
                bytes[i] = (byte) Integer.parseInt(octets[i]);
            }
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (final UnknownHostException e) {
            throw new LabException("not an IPv4 address: " + address, e);
        }
    }

    /** Pings {@code destination} from here. */
    public Ping.Result ping(final String destination, final String... options) {
        return Ping.run(namespace, destination, options);
    }

    public String mac() {
        return namespace.deviceMac(DEVICE);
    }

    /** Adds one more address to the device. */
    public void addAddress(final String more) {
        namespace.ip("address", "add", more + "/" + prefixLength, "dev", DEVICE);
    }

    /**
     * Gives the device its address and routes, and takes it up. The kernel makes no fe80:: address here: fewer
     * surprise frames.
     */
    void configure(final int mtu) {
        namespace.ip("link", "set", DEVICE, "addrgenmode", "none");
        namespace.ip("link", "set", DEVICE, "mtu", Integer.toString(mtu), "up");
        namespace.ip("address", "add", address + "/" + prefixLength, "dev", DEVICE);
        if (!gateway.isEmpty()) {
            namespace.ip("route", "add", "default", "via", gateway);
        }
    }
}
