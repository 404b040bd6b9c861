package org.portolan.control.history;

import java.nio.file.Path;
import java.time.Instant;
import org.portolan.control.history.retain.Compaction.Compacted;
import org.portolan.control.history.retain.Retention.Report;
import org.portolan.control.history.retain.Upkeep;
import org.portolan.control.log.Log;

/**
 * Logs what the upkeep did: a history that became shorter is news, packs that became one are not. Tells the inspection
 * which packs are gone on purpose, and peers' shares what was saved.
 */
final class UpkeepLog implements Upkeep.Listener {
    private static final int MEBI = 20;

    private final Log log;
    private final Inspection inspection;
    private final PeerShares shares;

    UpkeepLog(final Log log, final Inspection inspection, final PeerShares shares) {
        this.log = log;
        this.inspection = inspection;
        this.shares = shares;
    }

    @Override
    public void compacted(final Compacted done) {
        log.debug(
                "history: merged %d packs of %,d objects into one, %,d bytes became %,d",
                done.packs().size(), done.objects(), done.bytesBefore(), done.bytesAfter());
        shares.merged(done);
    }

    @Override
    public void deleting(final Path pack) {
        inspection.forget(pack);
    }

    @Override
    public void retained(final Report done) {
        log.info(
                "history: now begins at %s; %,d commits removed, %,d MiB became %,d",
                Instant.ofEpochSecond(done.oldestS()),
                done.commitsDropped(),
                done.bytesBefore() >> MEBI,
                done.bytesAfter() >> MEBI);
        if (!done.fits()) {
            log.warn("history: larger than history.max_size, and it cannot be shortened further: raise max_size");
        }
    }
}
