package org.portolan.bench.rate;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Namespace;

/**
 * Counts in the kernel, at a device's ingress, what arrives with the right source, and drops it there: on few cores a
 * sink that reads every frame would be the
 * load. It drops by port, because one that dropped everything would drop ARP too. What arrives with another source is
 * counted apart.
 */
public final class Sink {
    private static final Pattern PACKETS = Pattern.compile("counter packets (\\d+)");

    private final Namespace namespace;

    /**
     * @param source dotted address that every frame should come from
     * @param port UDP destination port of what is counted and dropped
     */
    public Sink(final Namespace namespace, final String device, final String source, final int port) {
        this.namespace = namespace;
        namespace.run("nft", ("add table netdev sink;"
                + "add chain netdev sink in { type filter hook ingress device %s priority 0; };"
                + "add rule netdev sink in ip saddr %s udp dport %d counter drop;"
                + "add rule netdev sink in udp dport %d counter drop")
                .formatted(device, source, port, port));
    }

    /** Frames so far with the right source. */
    public long delivered() {
        return packets(0);
    }

    /** Frames so far with another source: must stay 0. */
    public long strangers() {
        return packets(1);
    }

    private long packets(final int rule) {
        final String rules = namespace.run("nft", "list", "chain", "netdev", "sink", "in");
        final Matcher matcher = PACKETS.matcher(rules);
        for (int i = 0; i <= rule; i++) {
            if (!matcher.find()) {
                throw new LabException("the sink has lost its counters:\n" + rules);
            }
        }
        return Long.parseLong(matcher.group(1));
    }
}
