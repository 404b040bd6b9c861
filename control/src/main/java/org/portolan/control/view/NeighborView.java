package org.portolan.control.view;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.portolan.control.arp.ArpService;
import org.portolan.control.device.Link;
import org.portolan.dataplane.neighbor.NeighborCounter;
import org.portolan.dataplane.neighbor.NeighborState;
import org.portolan.dataplane.neighbor.NeighborUse;

/** The neighbors as operators see them. Control's thread only: ask it. */
public final class NeighborView {
    private final List<Link> links;
    private final ArpService[] arps;
    private final LongSupplier nowMs;

    /**
     * @param arps by port
     * @param nowMs control's clock
     */
    public NeighborView(final List<Link> links, final ArpService[] arps, final LongSupplier nowMs) {
        this.links = links;
        this.arps = arps.clone();
        this.nowMs = nowMs;
    }

    /** By interface, then by address. */
    List<ArpRow> rows() {
        final List<ArpRow> rows = new ArrayList<>();
        final long now = nowMs.getAsLong();
        for (final Link link : links) {
            arps[link.port()].snapshot(
                    now,
                    (address, mac, state, ageMs, lastUsedS, contestedMac) -> rows.add(new ArpRow(
                            link.config().name(),
                            address,
                            mac,
                            NeighborState.name(state),
                            ageMs / 1000,
                            lastUsedS == NeighborUse.NEVER ? -1 : Math.max(0, now / 1000 - lastUsedS),
                            contestedMac)));
        }
        return rows;
    }

    /** Every counter of every interface. */
    List<StatsRow.Arp> counts() {
        return links.stream()
                .map(link -> new StatsRow.Arp(link.config().name(), counts(arps[link.port()])))
                .toList();
    }

    private static List<StatsRow.Count> counts(final ArpService arp) {
        return Arrays.stream(NeighborCounter.values())
                .map(each -> new StatsRow.Count(each.name().toLowerCase(Locale.ROOT), each.text, arp.counted(each)))
                .toList();
    }

    /** For each interface how many neighbors there are, and how many of them are static. */
    List<int[]> sizes() {
        return links.stream()
                .map(link -> arps[link.port()])
                .map(arp -> new int[] {arp.size(), arp.statics()})
                .toList();
    }
}
