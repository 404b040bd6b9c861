package org.portolan.bench.traffic;

import java.util.Arrays;
import org.portolan.bench.lab.LabException;

/**
 * Whether flows arrive with the endpoints that are theirs. One thread asks; what it learned is read when it has
 * stopped.
 */
interface Endpoints {
    /** {@link Fault#NONE}, or what is wrong with a flow that arrived so. */
    Fault check(int flow, int address, int port);

    /** Inbound: what the device makes of them is known, because the flows came from there. */
    static Endpoints known(final TrafficFlows flows) {
        return (flow, address, port) -> {
            if (flow >= flows.count()) {
                return Fault.PAYLOAD;
            }
            return address == flows.address(flow) && port == flows.port(flow) ? Fault.NONE : Fault.FLOW_MOVED;
        };
    }

    /**
     * Outbound: the first frame of a flow tells its outside endpoint, which it keeps, and which no other flow may have
     * (RFC 4787 REQ-1, and no translation could be undone otherwise).
     */
    final class Learned implements Endpoints {
        private static final int PORTS = 1 << 16;
        /** 256 MB of owners. */
        private static final int MOST_ADDRESSES = 1024;

        private static final int NOBODY = -1;

        private final TrafficFlows flows;
        private final AddressBlock outside;
        private final int[] addresses;
        private final char[] ports;
        private final int[] owners;

        Learned(final TrafficFlows flows, final AddressBlock outside) {
            if (outside.count() > MOST_ADDRESSES) {
                throw new LabException("%,d addresses in %s: at most %,d can be kept apart"
                        .formatted(outside.count(), outside, MOST_ADDRESSES));
            }
            this.flows = flows;
            this.outside = outside;
            addresses = new int[flows.count()];
            ports = new char[flows.count()];
            owners = new int[outside.count() * PORTS];
            Arrays.fill(owners, NOBODY);
        }

        @Override
        public Fault check(final int flow, final int address, final int port) {
            if (flow >= ports.length) {
                return Fault.PAYLOAD;
            }
            final int endpoint = outside.indexOf(address) * PORTS + port;
            if (ports[flow] == 0) {
                if (owners[endpoint] != NOBODY) {
                    return Fault.ENDPOINT_SHARED;
                }
                owners[endpoint] = flow;
                addresses[flow] = address;
                ports[flow] = (char) port;
                return Fault.NONE;
            }
            if (owners[endpoint] == flow) {
                return Fault.NONE;
            }
            return owners[endpoint] == NOBODY ? Fault.FLOW_MOVED : Fault.ENDPOINT_SHARED;
        }

        /** TrafficFlows whose endpoint is known. */
        int count() {
            int count = 0;
            for (final char port : ports) {
                count += port == 0 ? 0 : 1;
            }
            return count;
        }

        /** All flows as they are seen outside; each must have arrived. */
        TrafficFlows flows() {
            if (count() < flows.count()) {
                throw new LabException("only %,d of %,d flows have arrived so far".formatted(count(), flows.count()));
            }
            return flows.translated(addresses, ports);
        }
    }
}
