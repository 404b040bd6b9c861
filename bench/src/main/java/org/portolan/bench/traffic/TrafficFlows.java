package org.portolan.bench.traffic;

import java.util.List;
import org.portolan.bench.lab.LabException;

/**
 * Who talks: the endpoints on one side, each of which exchanges UDP with the one {@link #peer} on the other. A flow's
 * number is its place in the order of sending, which is pseudo-random and the same each time; one lap sends each flow
 * once.
 *
 * <p>Six bytes a flow, so that four million are 25 MB; a frame is written when it is sent.
 */
public final class TrafficFlows {
    /**
     * Sessions of RFC 9693 section 4's scale: 63 ports each of 1,024, 4,096, 16,384 and 65,536 hosts, and two small
     * ones before them.
     */
    public static final List<Integer> LADDER = List.of(1, 1_000, 64_512, 258_048, 1_032_192, 4_128_768);

    /** Where many hosts are: behind the lab's client, which the router needs a route to. */
    public static final String INSIDE_NETWORK = "10.0.0.0/8";

    /** Up to so many, they are ports of one host. */
    public static final int MOST_OF_ONE_HOST = 4_000;

    /** What the payload has room for. */
    public static final int MOST = 1 << 24;

    private static final int PORTS_A_HOST = 63;
    private static final int FIRST_HOST = 0x0A00_0001;
    /** RFC 4814 section 4.4: source ports from the whole range above the well-known ones. */
    private static final int FIRST_PORT = 1024;

    private static final int PORTS = 0x1_0000 - FIRST_PORT;
    private static final int ORDER_KEY = 0x9693;

    private final int[] addresses;
    private final char[] ports;
    private final int peer;
    private final int peerPort;

    private TrafficFlows(final int[] addresses, final char[] ports, final int peer, final int peerPort) {
        this.addresses = addresses;
        this.ports = ports;
        this.peer = peer;
        this.peerPort = peerPort;
    }

    /**
     * Sessions from inside. Up to {@link #MOST_OF_ONE_HOST} are ports of one host; more are 63 ports each of as many
     * hosts as it takes, in {@link #INSIDE_NETWORK}.
     *
     * @param count 1 to {@link #MOST}
     * @param host the one host
     * @param peer address that all send to
     * @param peerPort UDP port that all send to
     */
    public static TrafficFlows fromInside(final int count, final int host, final int peer, final int peerPort) {
        if (count < 1 || count > MOST) {
            throw new LabException("flows: 1 to %,d, not %,d".formatted(MOST, count));
        }
        final int portsAHost = count <= MOST_OF_ONE_HOST ? count : PORTS_A_HOST;
        final int firstHost = count <= MOST_OF_ONE_HOST ? host : FIRST_HOST;
        final int[] addresses = new int[count];
        final char[] ports = new char[count];
        final Shuffle order = new Shuffle(count, ORDER_KEY);
        Shuffle portsOfHost = null;
        for (int endpoint = 0; endpoint < count; endpoint++) {
            if (endpoint % portsAHost == 0) {
                portsOfHost = new Shuffle(PORTS, endpoint / portsAHost);
            }
            final int flow = order.of(endpoint);
            addresses[flow] = firstHost + endpoint / portsAHost;
            ports[flow] = (char) (FIRST_PORT + portsOfHost.of(endpoint % portsAHost));
        }
        return new TrafficFlows(addresses, ports, peer, peerPort);
    }

    /**
     * The same flows as they are seen outside, by number.
     *
     * @param outsideAddresses by flow
     * @param outsidePorts by flow
     */
    TrafficFlows translated(final int[] outsideAddresses, final char[] outsidePorts) {
        return new TrafficFlows(outsideAddresses, outsidePorts, peer, peerPort);
    }

    public int count() {
        return addresses.length;
    }

    /** Address of a flow's endpoint. */
    public int address(final int flow) {
        return addresses[flow];
    }

    /** UDP port of a flow's endpoint. */
    public int port(final int flow) {
        return ports[flow];
    }

    /** Every endpoint's address is in it. */
    public AddressBlock addresses() {
        int least = addresses[0];
        int most = addresses[0];
        for (final int address : addresses) {
            least = Integer.compareUnsigned(address, least) < 0 ? address : least;
            most = Integer.compareUnsigned(address, most) > 0 ? address : most;
        }
        return new AddressBlock(least, most - least + 1);
    }

    /** Address of the other end of all flows. */
    public int peer() {
        return peer;
    }

    /** UDP port of the other end of all flows. */
    public int peerPort() {
        return peerPort;
    }
}
