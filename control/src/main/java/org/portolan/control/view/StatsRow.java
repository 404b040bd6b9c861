package org.portolan.control.view;

import java.util.List;
import org.portolan.control.latency.Percentiles;
import org.portolan.dataplane.counter.DropReason;

/**
 * The router's counters at one moment.
 *
 * @param router its name
 * @param frames received, sent, consumed, held, originated, ...: the law says received = sent + consumed + held +
 *     dropped
 * @param dropsByCode frames by {@link DropReason#code}, {@link DropReason#COUNT} long; not changed after
 * @param tables sizes now: sessions, mappings, ports, each beside its limit
 * @param kernel losses that the router never saw, by interface
 * @param latency may be empty
 * @param arp by interface; empty when control did not answer
 */
public record StatsRow(
        String router,
        long uptimeS,
        List<Count> frames,
        long[] dropsByCode,
        List<Count> tables,
        List<Count> kernel,
        List<Latency> latency,
        List<Arp> arp) {

    /**
     * @param name the JSON key, in snake case
     * @param text what a person reads
     */
    public record Count(String name, String text, long value) {}

    /**
     * One direction's latency since the start.
     *
     * @param name the JSON key, in snake case
     */
    public record Latency(String name, String text, Percentiles of) {}

    /** One interface's ARP. */
    public record Arp(String interfaceName, List<Count> counts) {}

    public long dropped() {
        long sum = 0;
        for (int code = 1; code < dropsByCode.length; code++) {
            sum += dropsByCode[code];
        }
        return sum;
    }
}
