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
 * @param pool the ports of each outside address
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
        List<Outside> pool,
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

    /** The ports of one outside address. */
    public record Outside(int address, Ports udp, Ports tcp, Ports icmp) {
        /** Whether it has none in use and none that rests. */
        public boolean isUnused() {
            return inUse() == 0 && resting() == 0;
        }

        /** Ports that are in use, of all protocols. */
        public int inUse() {
            return udp.inUse + tcp.inUse + icmp.inUse;
        }

        /** Ports that rest, of all protocols. */
        public int resting() {
            return udp.resting + tcp.resting + icmp.resting;
        }

        /** How full the fullest protocol is, per cent. */
        public int percent() {
            return Math.max(udp.percent(), Math.max(tcp.percent(), icmp.percent()));
        }
    }

    /**
     * The ports of one protocol, or a query's identifiers.
     *
     * @param inUse by mappings with a session and by forwards
     */
    public record Ports(int inUse, int resting, int capacity) {
        int percent() {
            return (int) (inUse * 100L / capacity);
        }
    }

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
