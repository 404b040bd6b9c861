package org.portolan.control.expiry;

import java.util.ArrayList;
import java.util.List;
import org.portolan.control.log.Log;
import org.portolan.dataplane.nat.PoolCounts;
import org.portolan.dataplane.policy.OutsideAddresses;
import org.portolan.dataplane.wire.Ipv4;

/**
 * Warns before the ports of an outside address are used up. Ports that rest count as free: a new mapping gets one when
 * there is no other. Control's thread uses it.
 */
final class PoolPressure {
    private static final int[] PROTOCOLS = {Ipv4.UDP, Ipv4.TCP, Ipv4.ICMP};
    private static final List<String> NAMES = List.of("UDP ports", "TCP ports", "ICMP identifiers");

    /** The marks of one address. */
    private record Marks(int address, List<Watermark> ofProtocols) {
        static Marks of(final int address) {
            return new Marks(address, List.of(new Watermark(), new Watermark(), new Watermark()));
        }
    }

    private final PoolCounts counts;
    private final Log log;

    /** By the number of the address. */
    private final List<Marks> all = new ArrayList<>();

    PoolPressure(final PoolCounts counts, final Log log) {
        this.counts = counts;
        this.log = log;
    }

    /**
     * Looks at each address.
     *
     * @param high gets the names of what is nearly full
     * @return how many warnings it logged
     */
    int poll(final OutsideAddresses addresses, final List<String> high) {
        int warnings = 0;
        for (int number = 0; number < addresses.numbers(); number++) {
            final int address = addresses.address(number);
            if (number == all.size()) {
                all.add(Marks.of(address));
            } else if (all.get(number).address() != address) {
                all.set(number, Marks.of(address));
            }
            if (addresses.isTaken(number)) {
                warnings += poll(number, all.get(number), high);
            }
        }
        return warnings;
    }

    private int poll(final int number, final Marks marks, final List<String> high) {
        int warnings = 0;
        for (int i = 0; i < PROTOCOLS.length; i++) {
            final int used = counts.inUse(number, PROTOCOLS[i]);
            final int capacity = PoolCounts.capacity(PROTOCOLS[i]);
            final Watermark mark = marks.ofProtocols().get(i);
            final int passed = mark.pass(used, capacity);
            final String what = NAMES.get(i) + " of " + Ipv4.describeAddress(marks.address());
            if (passed > 0) {
                warnings++;
                log.warn(
                        "the %s are %d %% in use: %,d of %,d; limit hosts with many (nat.limits.host_ports) or add"
                                + " addresses to nat.pool",
                        what, used * 100L / capacity, used, capacity);
            } else if (passed < 0) {
                log.info("the %s are less than 75 %% in use again: %,d of %,d", what, used, capacity);
            }
            if (mark.isHigh()) {
                high.add(what);
            }
        }
        return warnings;
    }
}
