package org.portolan.bench.traffic;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Namespace;

/**
 * Counts in the kernel, at a device's ingress, what arrives with the right source, and drops it there: on few cores a
 * sink that reads every frame would be the load. It drops by port, because one that dropped everything would drop ARP
 * too. What arrives with another source is counted apart.
 *
 * <p>Beside it one frame in {@link Probe#SAMPLE} is looked at whole: headers, both checksums, TTL, payload.
 */
public final class KernelSink implements AutoCloseable {
    private static final Pattern PACKETS = Pattern.compile("counter packets (\\d+)");
    private static final String TABLE = "sink";

    private final Namespace namespace;
    private final Sampler sampler;

    /**
     * @param passage whose frames arrive at {@code device}
     * @param sent what checksums the generator sends
     */
    public KernelSink(final Namespace namespace, final String device, final Passage passage, final Checksums sent) {
        this.namespace = namespace;
        final long mac = Long.parseLong(namespace.deviceMac(device).replace(":", ""), 16);
        sampler = new Sampler(namespace, device, passage, new FrameJudge(passage, mac, sent));
        final String port = "udp %s %d".formatted(passage.serverPortField(), passage.serverPort());
        namespace.run(
                "nft",
                ("add table netdev %1$s;"
                                + "add chain netdev %1$s in { type filter hook ingress device %2$s priority 0; };"
                                + "add rule netdev %1$s in ip saddr %3$s %4$s counter drop;"
                                + "add rule netdev %1$s in %4$s counter drop")
                        .formatted(TABLE, device, passage.sources(), port));
    }

    /** Frames so far with a right source. */
    public long delivered() {
        return packets(0);
    }

    /** Frames so far with another source: must stay 0. */
    public long strangers() {
        return packets(1);
    }

    /** What the looks at the sampled frames found so far. */
    public Faults sampled() {
        return sampler.faults();
    }

    /** Begins to note the latency of a run's sampled frames. */
    public void begin(final Load load) {
        sampler.begin(load);
    }

    /** The latencies of the run that was begun, of sampled frames; what is still on its way is not waited for. */
    public LatencyIntervals end() {
        return sampler.end();
    }

    private long packets(final int rule) {
        final String rules = namespace.run("nft", "list", "chain", "netdev", TABLE, "in");
        final Matcher matcher = PACKETS.matcher(rules);
        for (int i = 0; i <= rule; i++) {
            if (!matcher.find()) {
                throw new LabException("the sink has lost its counters:\n" + rules);
            }
        }
        return Long.parseLong(matcher.group(1));
    }

    /** Errors are passed over: the namespace may be gone already. */
    @Override
    public void close() {
        sampler.close();
        namespace.tryRun("nft", "delete", "table", "netdev", TABLE);
    }
}
