package org.portolan.control.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.peer.Fetched;
import org.portolan.control.history.peer.MergeResult;
import org.portolan.control.history.peer.PeerFilter;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.history.store.HistoryRepository;

/** Merges what peers have sent, and tells control what they say of its segments. Historian's thread only. */
final class Meetings {
    /** Reported to control at once: it must not be busy with it for long. */
    private static final int HEARSAY = 256;

    private static final String OTHERS = "what it says of segments that this router is not on: ";

    private final HistoryRepository repository;
    private final HistoryCounters counters;
    private final Ledger ledger;
    private final ExpiryBranches branches;
    private final Peers peers;
    private final PeerShares shares;
    private final Hearsay.Listener listener;
    private final Wire[] wires;
    private final Clocks clocks;
    private final Runnable primaryMoved;
    private final List<Hearsay> hearsay = new ArrayList<>();

    /** @param primaryMoved what is to be done when a meeting is durable */
    Meetings(
            final HistoryRepository repository,
            final HistoryCounters counters,
            final Ledger ledger,
            final ExpiryBranches branches,
            final Peers peers,
            final PeerShares shares,
            final Hearsay.Listener listener,
            final Wire[] wires,
            final Clocks clocks,
            final Runnable primaryMoved) {
        this.repository = repository;
        this.counters = counters;
        this.ledger = ledger;
        this.branches = branches;
        this.peers = peers;
        this.shares = shares;
        this.listener = listener;
        this.wires = wires;
        this.clocks = clocks;
        this.primaryMoved = primaryMoved;
    }

    /** @return how often control took something */
    int tellControl() {
        int reported = 0;
        while (!hearsay.isEmpty()
                && listener.heard(List.copyOf(hearsay.subList(0, Math.min(HEARSAY, hearsay.size()))))) {
            hearsay.subList(0, Math.min(HEARSAY, hearsay.size())).clear();
            reported++;
        }
        return reported;
    }

    /** What came from one peer, to be merged and closed. The next one waits until control knows what this one said. */
    Optional<Fetched> next() {
        shares.keep();
        return hearsay.isEmpty() ? peers.poll() : Optional.empty();
    }

    /** One batch: it is merged whole, or refused and nothing of it stays. */
    void meet(final Fetched fetched) {
        final long nowS = clocks.wallS();
        final ObjectId before = repository.primary();
        try (Batch batch = repository.batch()) {
            final boolean isBlank = repository.isBlank();
            final boolean isShared = isSharedAlone(fetched, isBlank);
            final Scribe scribe = new Scribe(batch, ledger, branches, wires, before, true);
            final PeerFilter filter = filter(fetched, nowS);
            final Meeting meeting = new Meeting(batch, ledger, wires, scribe, repository.router(), filter);
            // A commit that ties would be the beginning of our line, and the peer's could not be any more.
            final boolean isTied = !isShared && !isBlank && peers.isLongApart(fetched.peer(), fetched.bytes());
            final MergeResult result = meeting.merge(fetched, nowS, isTied, isShared);
            scribe.finish(before);
            finish(batch, fetched, result, isShared);
            if (!isShared) {
                follow(fetched.peer(), batch, isTied || result.kind() != MergeResult.Kind.NOTHING);
            }
            ledger.keep();
            hearsay.addAll(meeting.hearsay());
            counters.batches.incrementAndGet();
            counters.commits.addAndGet(scribe.commits() + result.commits());
            counters.conflicts.addAndGet(result.conflicts().size());
            peers.met(fetched.peer(), nowS, result);
            peers.leftOut(fetched, filter, isShared ? OTHERS + shares.describe() : "");
            fetched.settle(filter.dueS());
            primaryMoved.run();
        } catch (final UncheckedIOException e) {
            refuse(fetched, e.getCause().getMessage());
        } catch (final IOException | RuntimeException e) {
            refuse(fetched, Historian.sentence(repository, e));
        } catch (final StackOverflowError e) {
            refuse(fetched, "its directories are nested too deeply");
        }
    }

    /** Charges it to the peer, but for what this router begins with. */
    private void finish(final Batch batch, final Fetched fetched, final MergeResult result, final boolean isShared)
            throws IOException {
        final boolean isCharged = result.kind() != MergeResult.Kind.SEEDED;
        if (isCharged) {
            shares.requireRoom(fetched.peer(), batch.bytes(), !isShared);
        }
        batch.finish();
        if (isCharged) {
            shares.charge(fetched.peer(), batch.placed());
        }
    }

    /** @param isTied whether what came is our line's past now, as far as it may be */
    private void follow(final String peer, final Batch batch, final boolean isTied) {
        if (isTied) {
            peers.tied(peer);
        } else {
            peers.apart(
                    peer,
                    batch.placed().values().stream().mapToLong(Long::longValue).sum());
        }
    }

    /**
     * Whether what the peer says of our segments is all that is taken. Of what is here already all is: it costs what
     * the merge writes.
     *
     * @param isBlank whether nothing was ever written here
     * @throws HistoryException when nothing is
     */
    private boolean isSharedAlone(final Fetched fetched, final boolean isBlank) throws IOException {
        final long bytes = fetched.bytes();
        if (!fetched.isHeadAlone() && (bytes == 0 || isBlank)) {
            requireFit(fetched, bytes);
            return false;
        }
        final PeerShares.Room room =
                fetched.isHeadAlone() ? shares.roomForHead(fetched.peer()) : shares.room(fetched.peer(), bytes);
        if (room == PeerShares.Room.NONE) {
            throw new HistoryException(shares.describe());
        }
        return room == PeerShares.Room.SHARED;
    }

    /**
     * A history that holds nothing has no past that could be pushed out: it may begin with a peer's of any size. One
     * that is dated ahead comes in beside its own beginning. When it is too large for that it waits, because it may be
     * our clock that is behind: part of it, as a commit of ours, would be the beginning.
     */
    private void requireFit(final Fetched fetched, final long bytes) throws HistoryException {
        if (bytes > 0 && fetched.isAhead() && !shares.hasRoomForAll(fetched.peer(), bytes)) {
            throw new HistoryException("this router has written nothing yet, and does not begin with a history that is"
                    + " dated ahead of its clock: check the clocks of both");
        }
    }

    private PeerFilter filter(final Fetched fetched, final long nowS) {
        return new PeerFilter(
                repository.router(),
                ledger.own().born(),
                ledger.own().all(),
                nowS,
                nowS - Tombstones.HORIZON_S,
                !fetched.isAhead());
    }

    /** The peer is read again in time; a disk that takes nothing is noticed by the next change. */
    private void refuse(final Fetched fetched, final String why) {
        ledger.undo();
        counters.failures.incrementAndGet();
        fetched.refuse("peer %s is not merged: %s".formatted(fetched.peer(), why));
    }
}
