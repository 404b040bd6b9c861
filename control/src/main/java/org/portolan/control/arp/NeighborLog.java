package org.portolan.control.arp;

import java.util.List;
import org.portolan.control.log.Log;
import org.portolan.dataplane.neighbor.NeighborChange;
import org.portolan.dataplane.neighbor.NeighborReason;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/** Writes every change of a binding to the log, at level debug. */
public final class NeighborLog implements NeighborListener {
    private final List<String> interfaces;
    private final Log log;

    /** @param interfaces names, by port */
    public NeighborLog(final List<String> interfaces, final Log log) {
        this.interfaces = List.copyOf(interfaces);
        this.log = log;
    }

    @Override
    public void changed(
            final int port,
            final NeighborChange kind,
            final NeighborReason reason,
            final int address,
            final long macOld,
            final long mac,
            final String by) {
        log.debug(
                "%s: neighbor %s %s (%s%s), %s",
                interfaces.get(port),
                Ipv4.describeAddress(address),
                kind.text,
                reason.text,
                by.isEmpty() ? "" : ", by " + by,
                Ethernet.describeMac(mac == 0 ? macOld : mac));
    }
}
