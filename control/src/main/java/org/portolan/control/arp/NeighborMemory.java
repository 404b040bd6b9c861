package org.portolan.control.arp;

import java.util.List;
import java.util.function.LongSupplier;
import org.portolan.control.history.Change;
import org.portolan.control.history.Hearsay;
import org.portolan.control.history.History;
import org.portolan.control.history.HistoryFeed;
import org.portolan.control.history.Remembered;
import org.portolan.dataplane.neighbor.NeighborChange;
import org.portolan.dataplane.neighbor.NeighborReason;

/**
 * Between the neighbors and their history: what happens to them is reported, and what was known is brought back at start.
 * Control's thread only.
 */
public final class NeighborMemory implements NeighborListener {
    private final NeighborLog log;
    private final LongSupplier wallMicros;
    private HistoryFeed feed;

    public NeighborMemory(final NeighborLog log, final LongSupplier wallMicros) {
        this.log = log;
        this.wallMicros = wallMicros;
    }

    /**
     * From here on changes are reported to the history. What nobody confirmed has ended. Pins are restored first: an
     * address that is both pinned and seen stays pinned.
     *
     * @return what was known
     */
    public List<Remembered> attach(final History history, final ArpService[] arps, final long nowMs) {
        feed = history.feed();
        history.unheld().forEach(this::unpin);
        history.unconfirmed().forEach(this::end);
        final List<Remembered> remembered = history.remembered();
        for (final Remembered each : remembered) {
            if (each.isStatic()) {
                pin(each, arps, nowMs);
            }
        }
        for (final Remembered each : remembered) {
            if (!each.isStatic()) {
                arps[each.port()].restore(each.address(), each.mac(), nowMs);
            }
        }
        return remembered;
    }

    private void unpin(final Remembered each) {
        feed.tell(new Change(
                NeighborChange.STATIC_REMOVED,
                each.port(),
                each.address(),
                each.mac(),
                0,
                wallMicros.getAsLong(),
                NeighborReason.UNCONFIRMED.text,
                ""));
    }

    private void end(final Remembered each) {
        feed.tell(new Change(
                NeighborChange.EXPIRED,
                each.port(),
                each.address(),
                each.mac(),
                0,
                wallMicros.getAsLong(),
                NeighborReason.UNCONFIRMED.text,
                ""));
    }

    /** An interface may have another subnet now than when the pin was made: then it waits in the history. */
    private static void pin(final Remembered each, final ArpService[] arps, final long nowMs) {
        try {
            arps[each.port()].pin(each.address(), each.mac(), NeighborReason.REMEMBERED, each.by(), nowMs);
        } catch (final IllegalArgumentException e) {
            return;
        }
    }

    /** Other routers' word: asked about, and believed only when the wire says so too. A flush was somebody's will. */
    public static void hear(final List<Hearsay> hearsay, final ArpService[] arps, final long nowMs) {
        for (final Hearsay each : hearsay) {
            final ArpService arp = arps[each.port()];
            if (each.mac() != 0) {
                arp.suggest(each.address(), each.mac(), nowMs);
            } else if (each.isFlushed()) {
                arp.flush(each.address(), NeighborReason.PEER, each.router());
            } else {
                arp.recheck(each.address(), nowMs);
            }
        }
    }

    /** Moves on what found no room. */
    public void drain() {
        if (feed != null) {
            feed.drain();
        }
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
        log.changed(port, kind, reason, address, macOld, mac, by);
        if (feed != null) {
            feed.tell(new Change(kind, port, address, macOld, mac, wallMicros.getAsLong(), reason.text, by));
        }
    }
}
