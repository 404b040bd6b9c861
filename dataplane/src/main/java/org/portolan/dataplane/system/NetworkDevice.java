package org.portolan.dataplane.system;

import java.util.List;
import java.util.Optional;

/**
 * A network device as the kernel has it now, in the network namespace of who asked.
 *
 * @param index the kernel's number; a device that is deleted and made again has another
 * @param mac its Ethernet address, first octet in bits 47 to 40; 0 for a device without
 * @param mtu bytes of the largest IPv4 packet
 * @param up whether it is administratively up and has carrier (IFF_UP and IFF_LOWER_UP)
 * @param forwards whether the kernel forwards IPv4 that arrives on it (net.ipv4.conf.NAME.forwarding)
 * @param addresses the kernel's own IPv4 addresses on it, with prefix length, as text
 */
public record NetworkDevice(
        int index, String name, long mac, int mtu, boolean up, boolean forwards, List<String> addresses) {

    public NetworkDevice {
        addresses = List.copyOf(addresses);
    }

    /** The device of that name, or empty when there is none. */
    public static Optional<NetworkDevice> named(final String name, final List<NetworkDevice> present) {
        return present.stream().filter(each -> each.name().equals(name)).findFirst();
    }
}
