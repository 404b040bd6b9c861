package org.portolan.bench.traffic;

import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Udp;

/** Which way traffic goes through the device, and so which end of a frame tells its flow. */
public enum TrafficDirection {
    /** Client to server: a flow is a source. */
    OUTBOUND(Ipv4.SOURCE_OFFSET, Udp.SOURCE_PORT_OFFSET),

    /** Server to client: a flow is a destination. */
    INBOUND(Ipv4.DESTINATION_OFFSET, Udp.DESTINATION_PORT_OFFSET);

    final int addressOffset;
    final int portOffset;

    TrafficDirection(final int addressOffset, final int portOffset) {
        this.addressOffset = addressOffset;
        this.portOffset = portOffset;
    }

    /** Where the endpoint's address stands in the IPv4 header. */
    public int addressOffset() {
        return addressOffset;
    }

    /** Where the endpoint's port stands in the UDP header. */
    public int portOffset() {
        return portOffset;
    }
}
