package org.portolan.control;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.portolan.control.arp.ArpService;
import org.portolan.control.command.ArpRow;
import org.portolan.control.command.StatsRow;
import org.portolan.control.device.Link;
import org.portolan.dataplane.neighbor.NeighborCounter;
import org.portolan.dataplane.neighbor.NeighborState;
import org.portolan.dataplane.neighbor.NeighborUse;

/** The neighbors as operators see them. Control's thread only: ask it. */
final class NeighborView {
    private final List<Link> links;
    private final Controller controller;

    NeighborView(final List<Link> links, final Controller controller) {
        this.links = links;
        this.controller = controller;
    }

    /** By interface, then by address. */
    List<ArpRow> rows() {
        final List<ArpRow> rows = new ArrayList<>();
        final long nowMs = controller.nowMs();
        for (final Link link : links) {
            controller
                    .arp(link.port())
                    .snapshot(
                            nowMs,
                            (address, mac, state, ageMs, lastUsedS, contestedMac) -> rows.add(new ArpRow(
                                    link.config().name(),
                                    address,
                                    mac,
                                    NeighborState.name(state),
                                    ageMs / 1000,
                                    lastUsedS == NeighborUse.NEVER ? -1 : Math.max(0, nowMs / 1000 - lastUsedS),
                                    contestedMac)));
        }
        return rows;
    }

    /** Every counter of every interface. */
    List<StatsRow.Arp> counts() {
        return links.stream()
                .map(link -> new StatsRow.Arp(link.config().name(), counts(controller.arp(link.port()))))
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
                .map(link -> controller.arp(link.port()))
                .map(arp -> new int[] {arp.size(), arp.statics()})
                .toList();
    }
}
