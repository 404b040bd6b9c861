package org.portolan.control.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.portolan.control.config.Config;
import org.portolan.dataplane.system.NetworkDevice;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/** Whether the router may take a device for itself; if not, why, and the command that mends it. */
public final class DeviceCheck {
    private static final String TCP_ESTABLISHED = "01";
    private static final String IPV4_MAPPED = "0000000000000000FFFF0000";

    private DeviceCheck() {}

    /** Says which devices exist. */
    public static String missing(final Config.Interface asked, final List<NetworkDevice> devices) {
        final String names = devices.stream().map(NetworkDevice::name).collect(Collectors.joining(", "));
        return "interfaces.%s.device: there is no device \"%s\"; this network namespace has: %s"
                .formatted(asked.name(), asked.device(), names.isEmpty() ? "none" : names);
    }

    /** Why a device cannot be taken, or empty when it can. */
    public static Optional<String> refusal(final Config.Interface asked, final NetworkDevice device) {
        final String key = "interfaces.%s.device: %s".formatted(asked.name(), device.name());
        if (device.mac() == 0) {
            return Optional.of(key + " is not an Ethernet device; name one that has a MAC address");
        }
        return kernelUse(asked, device).map(use -> use + connectionWarning(device));
    }

    /**
     * What the kernel does on a device beside the router, and the command that ends it; empty when it does nothing. The
     * start is refused for it; while the router runs it is reported.
     */
    public static Optional<String> kernelUse(final Config.Interface asked, final NetworkDevice device) {
        final String key = "interfaces.%s.device: %s".formatted(asked.name(), device.name());
        if (!device.addresses().isEmpty()) {
            return Optional.of(
                    "%s carries the kernel's address %s, so the kernel would answer beside the router. Remove it: ip -4 address flush dev %s"
                            .formatted(key, String.join(", ", device.addresses()), device.name()));
        }
        if (device.forwards()) {
            return Optional.of(
                    "%s: the kernel forwards IPv4 that arrives there, so packets could leave untranslated. Switch it off: sysctl -w net.ipv4.conf.%s.forwarding=0"
                            .formatted(key, device.name().replace('.', '/')));
        }
        return Optional.empty();
    }

    /** The static neighbors of an interface that were given the interface's own MAC: frames to them would come back. */
    public static List<String> ownMacs(final Config config, final Config.Interface asked, final NetworkDevice device) {
        return config.neighbors().stream()
                .filter(each -> each.interfaceName().equals(asked.name()) && each.mac() == device.mac())
                .map(each -> "neighbors: %s has the MAC %s, which is the device %s's own; name the host's"
                        .formatted(
                                Ipv4.describeAddress(each.address()), Ethernet.describeMac(each.mac()), device.name()))
                .toList();
    }

    /** A command that takes an address away cuts the connections through it, most likely the reader's own. */
    private static String connectionWarning(final NetworkDevice device) {
        final long connections = device.addresses().stream()
                .mapToLong(address -> establishedOn(address.substring(0, address.indexOf('/'))))
                .sum();
        if (connections == 0) {
            return "";
        }
        return ". WARNING: %d TCP connection%s of this machine use%s that address and would be cut, yours too if you came in by it: manage the machine through another device"
                .formatted(connections, connections == 1 ? "" : "s", connections == 1 ? "s" : "");
    }

    /**
     * Established connections with that local address: in /proc/net/tcp, and in /proc/net/tcp6 as ::ffff:ADDRESS, which
     * is how a server that listens on both has its IPv4 connections. Addresses are hex, each word in the machine's byte
     * order.
     */
    static long establishedOn(final String address) {
        final String[] octets = address.split("\\.");
        final StringBuilder hex = new StringBuilder();
        for (int i = octets.length - 1; i >= 0; i--) {
            hex.append("%02X".formatted(Integer.parseInt(octets[i])));
        }
        return established(Path.of("/proc/net/tcp"), hex + ":")
                + established(Path.of("/proc/net/tcp6"), IPV4_MAPPED + hex + ":");
    }

    private static long established(final Path table, final String localPrefix) {
        try (var lines = Files.lines(table)) {
            return lines.map(line -> line.strip().split("\\s+"))
                    .filter(fields ->
                            fields.length > 3 && fields[1].startsWith(localPrefix) && fields[3].equals(TCP_ESTABLISHED))
                    .count();
        } catch (final IOException e) {
            return 0;
        }
    }
}
