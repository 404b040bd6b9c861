package org.portolan.control.arp;

import java.util.List;
import org.portolan.control.config.Config;
import org.portolan.control.history.Remembered;
import org.portolan.control.log.Log;
import org.portolan.dataplane.neighbor.NeighborMachine;
import org.portolan.dataplane.neighbor.NeighborReason;
import org.portolan.dataplane.wire.Ipv4;

/** The static neighbors that the config names. Control's thread only, once, at start. */
public final class ConfigPins {
    private final Config config;
    private final ArpService[] arps;
    private final Log log;

    public ConfigPins(final Config config, final ArpService[] arps, final Log log) {
        this.config = config;
        this.arps = arps;
        this.log = log;
    }

    /**
     * Sets them, over whatever an operator set before, and removes those that an earlier config had set and this one
     * names no more.
     *
     * @param remembered what the history brought back already
     */
    public void apply(final List<Remembered> remembered, final long nowMs) {
        for (final Remembered each : remembered) {
            if (each.by().equals(Remembered.CONFIG) && !isNamed(each)) {
                arps[each.port()].unpin(each.address(), NeighborReason.CONFIG, Remembered.CONFIG);
            }
        }
        for (final Config.Neighbor each : config.neighbors()) {
            pin(each, nowMs);
        }
    }

    private boolean isNamed(final Remembered pin) {
        return config.neighbors().stream()
                .anyMatch(each -> each.address() == pin.address() && port(each) == pin.port());
    }

    private void pin(final Config.Neighbor each, final long nowMs) {
        final NeighborMachine.Pinned pinned =
                arps[port(each)].pin(each.address(), each.mac(), NeighborReason.CONFIG, Remembered.CONFIG, nowMs);
        if (pinned == NeighborMachine.Pinned.FULL) {
            log.error(
                    "%s: no room for the config's static neighbor %s",
                    each.interfaceName(), Ipv4.describeAddress(each.address()));
        }
    }

    private int port(final Config.Neighbor neighbor) {
        return config.interfaces().indexOf(config.interfaceNamed(neighbor.interfaceName()));
    }
}
