package org.portolan.bench.rate;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.LabException;

/**
 * Counts in the kernel, at the device's ingress, what arrives translated, and drops it there: on few cores a sink that reads every frame would be the
 * load. It drops by port, because one that dropped everything would drop ARP too. What arrives with another source is counted apart.
 */
final class Sink {
    private static final Pattern PACKETS = Pattern.compile("counter packets (\\d+)");

    private final Host host;

    Sink(final Host host, final int port) {
        this.host = host;
        host.namespace().run("nft", ("add table netdev sink;"
                + "add chain netdev sink in { type filter hook ingress device %s priority 0; };"
                + "add rule netdev sink in ip saddr %s udp dport %d counter drop;"
                + "add rule netdev sink in udp dport %d counter drop")
                .formatted(Host.DEVICE, Lab.OUTSIDE_ADDRESS, port, port));
    }

    /** Frames so far, translated. */
    long translated() {
        return packets(0);
    }

    /** Frames so far with a source that is not the router's: must stay 0. */
    long untranslated() {
        return packets(1);
    }

    private long packets(final int rule) {
        final String rules = host.namespace().run("nft", "list", "chain", "netdev", "sink", "in");
        final Matcher matcher = PACKETS.matcher(rules);
        for (int i = 0; i <= rule; i++) {
            if (!matcher.find()) {
                throw new LabException("the sink has lost its counters:\n" + rules);
            }
        }
        return Long.parseLong(matcher.group(1));
    }
}
