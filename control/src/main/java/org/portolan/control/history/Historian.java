package org.portolan.control.history;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import jnr.posix.POSIXFactory;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.peer.Fetched;
import org.portolan.control.history.query.HistoryQuery.Asker;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.retain.Marks;
import org.portolan.control.history.retain.Upkeep;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.log.FileFailure;
import org.portolan.control.log.Log;

/**
 * The one writer of the history. Gathers what control reports for a moment, writes it as a batch of commits, and says
 * that it is durable. A batch that fails is undone and tried again: the changes wait in the ring and before it.
 */
final class Historian implements Agent {
    /** How long a change waits for company: a pack for each change would be many packs. */
    static final long GATHER_MICROS = 200_000;

    /** With more changes than this at once, one commit carries many. */
    static final int CROWD = 256;

    static final int MOST_IN_BATCH = 16_384;

    private static final long RETRY_MICROS = 5_000_000;
    private static final long HOUR_MICROS = 3_600_000_000L;
    private static final long DAY_MICROS = 24 * HOUR_MICROS;

    /** What an answer has confirmed for the first time is written after so long: a restart brings back nothing else. */
    static final long CONFIRMED_MICROS = 10_000_000L;

    private static final int PRIO_PROCESS = 0;
    private static final int NICE = 10;
    private static final long UPKEEP_RETRY_MICROS = 60_000_000;
    private static final long SECOND_MICROS = 1_000_000;
    private static final long MILLI_MICROS = 1_000;

    /** Who reads, while the historian writes on between its steps. */
    @FunctionalInterface
    interface LookBack {
        void look(Asker between);
    }

    /** The other users of the repository, and the listener for what peers say. */
    record Companions(
            Marks marks,
            Upkeep upkeep,
            Peers peers,
            PeerShares shares,
            Inspection inspection,
            Hearsay.Listener listener,
            LookBack lookBack) {}

    private final HistoryRepository repository;
    private final RingBuffer ring;
    private final HistoryCounters counters;
    private final Ledger ledger;
    private final ExpiryBranches branches;
    private final Marks marks;
    private final Upkeep upkeep;
    private final Meetings meetings;
    private final Inspection inspection;
    private final Seeding seeding;
    private final LookBack lookBack;
    private final Wire[] wires;
    private final TombstoneSearch elsewhere;
    private final Clocks clocks;
    private final Settlement settlement;
    private final Calendar calendar;
    private final ClockWatch watch = new ClockWatch();
    private final Shares shares;
    private final Log log;
    private final List<Change> gathered = new ArrayList<>();
    private long gatherUntilMicros;
    private long markMicros;
    /** When first confirmations are written, 0 while none waits. */
    private long confirmMicros;

    private long collectMicros;
    private long retryMicros;
    private long keepUpMicros;
    private long lookMicros;
    private long stoppedMicros;
    private volatile String stopped = "";
    private volatile boolean ending;

    Historian(
            final HistoryRepository repository,
            final RingBuffer ring,
            final HistoryCounters counters,
            final Ledger ledger,
            final ExpiryBranches branches,
            final Companions companions,
            final Wire[] wires,
            final Clocks clocks,
            final Log log)
            throws IOException {
        this.repository = repository;
        this.ring = ring;
        this.counters = counters;
        this.ledger = ledger;
        this.branches = branches;
        marks = companions.marks;
        upkeep = companions.upkeep;
        inspection = companions.inspection;
        seeding = new Seeding(repository, companions.peers);
        lookBack = companions.lookBack;
        this.wires = wires;
        meetings = new Meetings(
                repository,
                counters,
                ledger,
                branches,
                companions.peers,
                companions.shares,
                companions.listener,
                wires,
                clocks,
                this::advanceMarks);
        elsewhere = new TombstoneSearch(key -> Wire.isAny(wires, key));
        this.clocks = clocks;
        settlement = new Settlement(repository, log);
        calendar = new Calendar(clocks);
        shares = new Shares(wires.length);
        this.log = log;
        markMicros = clocks.steady() + HOUR_MICROS;
    }

    /** Whoever carries frames comes first (setpriority(2): on Linux this is the calling thread's alone). */
    @Override
    public void onStart() {
        POSIXFactory.getNativePOSIX().setpriority(PRIO_PROCESS, 0, NICE);
    }

    @Override
    public int doWork() {
        final int attended = attend();
        if (!stopped.isEmpty() || ending) {
            return attended;
        }
        return attended + meetings.tellControl() + meet() + lookBack() + inspect() + keepUp();
    }

    /** Gathers, and writes what is due. */
    private int attend() {
        final long now = clocks.steady();
        final int read = gather(now);
        settlement.step(now);
        if (retryMicros != 0 && now < retryMicros || seeding.isOn(now) || !isWorkDue(now)) {
            return read;
        }
        write(now, false);
        return read + 1;
    }

    /** In the middle of a long piece of upkeep, or of a look back. */
    private void pause() throws IOException {
        if (ending) {
            throw new InterruptedIOException("the router is ending");
        }
        attend();
        if (stopped.isEmpty()) {
            meetings.tellControl();
            meet();
        }
    }

    /** Merges what came from one peer, when the changes that came before it are written. */
    private int meet() {
        final Optional<Fetched> come = meetings.next();
        if (come.isEmpty()) {
            return 0;
        }
        try (Fetched fetched = come.get()) {
            final long now = clocks.steady();
            if (gathered.isEmpty() || seeding.isOn(now) || write(now, false)) {
                meet(fetched);
            }
        } catch (final IOException e) {
            log.warn("history: %s", sentence(e));
        }
        return 1;
    }

    /** Also for tests, which fetch themselves: as if a peer's reader had brought it. */
    void meet(final Fetched fetched) {
        meetings.meet(fetched);
    }

    /** At the start, after the first hour, and each day. */
    private int lookBack() {
        final long now = clocks.steady();
        if (now < lookMicros) {
            return 0;
        }
        lookMicros = now + (lookMicros == 0 ? HOUR_MICROS : DAY_MICROS);
        lookBack.look(this::pause);
        return 1;
    }

    private int inspect() {
        try {
            return inspection.step(clocks.steady(), this::pause) ? 1 : 0;
        } catch (final IOException | RuntimeException e) {
            if (!ending) {
                log.warn("history: the inspection failed: %s", sentence(e));
            }
            return 0;
        }
    }

    private int keepUp() {
        final long now = clocks.steady();
        if (now < keepUpMicros) {
            return 0;
        }
        final long rightS = calendar.isSettled() ? clocks.wallS() : 0;
        beginRightly(rightS);
        try {
            if (upkeep.step(now / MILLI_MICROS, rightS, this::pause)) {
                return 1;
            }
            keepUpMicros = now + SECOND_MICROS;
        } catch (final IOException | RuntimeException e) {
            keepUpMicros = now + UPKEEP_RETRY_MICROS;
            if (!ending) {
                log.warn("history: packing is postponed: %s", sentence(e));
            }
        }
        return 0;
    }

    /**
     * Of a history that was made while the clock was ahead: begun, as far as its stamps go, when the line finds that the
     * clock is right now. A clock that is behind for an hour, and not set yet, it finds behind.
     *
     * @param rightS 0 while the clock cannot be trusted
     */
    private void beginRightly(final long rightS) {
        if (rightS != 0 && ledger.isBornAfter(rightS * SECOND_MICROS) && !marks.isBehind(rightS)) {
            ledger.own().bornAt(rightS * SECOND_MICROS);
        }
    }

    /** Any thread: what takes long is to be cut short. */
    void end() {
        ending = true;
    }

    private int gather(final long now) {
        final int room = MOST_IN_BATCH - gathered.size();
        if (room == 0) {
            return 0;
        }
        final int before = gathered.size();
        ring.read((type, message, offset, length) -> gathered.add(ChangeMessage.get(type, message, offset)), room);
        if (gathered.size() > before && gatherUntilMicros < now) {
            gatherUntilMicros = now + GATHER_MICROS;
        }
        return gathered.size() - before;
    }

    private boolean isWorkDue(final long now) {
        final boolean gatheredEnough = gathered.size() >= MOST_IN_BATCH
                || !gathered.isEmpty() && now >= gatherUntilMicros && shares.isAnyDue(gathered, now);
        return gatheredEnough
                || isSetBack()
                || branches.isAnySettled(now)
                || isMarkDue(now)
                || isConfirmDue(now)
                || now >= collectMicros;
    }

    /** A history in which nothing was written yet says nothing of any time. */
    private boolean isSetBack() {
        return watch.look(clocks.wallS(), marks.head().lineS()) && !seeding.isBlank();
    }

    private boolean isMarkDue(final long now) {
        return now >= markMicros
                && (!ledger.refreshes().isEmpty() || ledger.claims().isAnyStanding());
    }

    private boolean isConfirmDue(final long now) {
        return confirmMicros != 0 && now >= confirmMicros;
    }

    /** One batch, whole or not at all. */
    private boolean write(final long now, final boolean mark) {
        final ObjectId before = repository.primary();
        final long nowS = clocks.wallS();
        try (Batch batch = repository.batch()) {
            final Shares.Admitted admitted =
                    shares.admit(gathered, now, mark || ending || gathered.size() >= MOST_IN_BATCH);
            final boolean isPressed = admitted.isCoarse() || admitted.now().size() >= MOST_IN_BATCH / 2;
            final List<Change> changes = isPressed ? Coalescing.of(admitted.now()) : admitted.now();
            final boolean isCrowded = admitted.isCoarse() || changes.size() > CROWD;
            final Scribe scribe = new Scribe(batch, ledger, branches, wires, before, isCrowded);
            final boolean isSetBack = isSetBack();
            if (isSetBack) {
                scribe.setBack(watch.highestS(), nowS);
            }
            for (final Change change : changes) {
                scribe.write(change);
            }
            if (mark || isMarkDue(now)) {
                scribe.mark(List.copyOf(ledger.refreshes().keySet()), nowS);
                scribe.claims(nowS);
            } else if (isConfirmDue(now)) {
                scribe.mark(ledger.confirmations(), nowS);
            }
            if (now >= collectMicros && calendar.isSettled()) {
                collect(batch, scribe, nowS);
            }
            scribe.close(now, nowS);
            scribe.finish(before);
            // Also without a commit: a pin may have come and gone in one batch.
            ledger.own().save();
            if (scribe.commits() > 0 || scribe.merges() > 0) {
                batch.finish();
                counters.batches.incrementAndGet();
            }
            shares.charge(scribe.entries(), isCrowded, now);
            durable(scribe, admitted, admitted.now().size() - changes.size());
            if (isSetBack) {
                watch.written();
            }
            advanceMarks();
            if (!ledger.hasConfirmations()) {
                confirmMicros = 0;
            } else if (confirmMicros == 0) {
                confirmMicros = now + CONFIRMED_MICROS;
            }
            markMicros = next(markMicros, now);
            collectMicros = next(collectMicros, now);
            return true;
        } catch (final IOException | RuntimeException e) {
            failed(now, e);
            return false;
        }
    }

    /** An index: when it cannot be brought up to date, it is tried again with the next batch. */
    private void advanceMarks() {
        try {
            marks.advance(repository.primary());
        } catch (final IOException | RuntimeException e) {
            log.warn("history: the time index cannot be updated: %s", sentence(e));
        }
    }

    private static long next(final long dueMicros, final long now) {
        return now >= dueMicros ? now + HOUR_MICROS : dueMicros;
    }

    private void collect(final Batch batch, final Scribe scribe, final long nowS) throws IOException {
        final Tombstones tombstones = new Tombstones(ledger.bindings(), nowS);
        final List<BindingKey> due = new ArrayList<>(tombstones.due());
        try {
            due.addAll(elsewhere.next(batch.reader(), scribe.primary().tree(), tombstones::isOld));
        } catch (final IOException e) {
            // Damage in what is only kept for others is no reason to stop writing.
            log.warn("history: old tombstones of other routers' segments cannot be collected: %s", sentence(e));
        }
        if (!due.isEmpty()) {
            scribe.collect(due, nowS);
        }
    }

    private void durable(final Scribe scribe, final Shares.Admitted admitted, final int coalesced) {
        ledger.keep();
        if (!admitted.now().isEmpty()) {
            final long last = admitted.now().getLast().reportedMicros();
            counters.durableUpToMicros.setRelease(
                    admitted.later().isEmpty()
                            ? last
                            : Math.min(last, admitted.later().getFirst().reportedMicros()));
        }
        gathered.clear();
        gathered.addAll(admitted.later());
        counters.folded.addAndGet(scribe.folded());
        counters.coalescedLate.addAndGet(coalesced);
        counters.written.addAndGet(scribe.written());
        counters.commits.addAndGet(scribe.commits());
        counters.expiryMerges.addAndGet(scribe.merges());
        counters.expiryFastForwards.addAndGet(scribe.fastForwards());
        retryMicros = 0;
        if (!stopped.isEmpty()) {
            log.info(
                    "history: writing again after %d s",
                    TimeUnit.MICROSECONDS.toSeconds(clocks.steady() - stoppedMicros));
            stopped = "";
        }
    }

    /** Said once: the counter says how often. */
    private void failed(final long now, final Exception thrown) {
        ledger.undo();
        counters.failures.incrementAndGet();
        retryMicros = now + RETRY_MICROS;
        if (stopped.isEmpty()) {
            stopped = sentence(thrown);
            stoppedMicros = now;
            log.error(
                    "history: cannot be written: %s. Routing continues; next try in %d s",
                    stopped, RETRY_MICROS / SECOND_MICROS);
        }
    }

    /** With the path: the kernel's words for a full disk, and JGit's, name none. */
    static String sentence(final HistoryRepository repository, final Exception thrown) {
        return thrown instanceof final IOException io ? FileFailure.of(repository.path(), io) : Log.describe(thrown);
    }

    private String sentence(final Exception thrown) {
        return sentence(repository, thrown);
    }

    /** Why nothing is written; empty while all is well. Any thread. */
    String stopped() {
        return stopped;
    }

    /** The last batch: what was reported and what was seen, as far as the disk takes it. */
    @Override
    public void onClose() {
        boolean durable = true;
        while (durable && gatherAll() > 0) {
            durable = write(clocks.steady(), false);
        }
        if (durable) {
            write(clocks.steady(), true);
        }
    }

    /** One read ends where the ring wraps, and may find nothing but padding there. */
    private int gatherAll() {
        while (ring.size() > 0 && gathered.size() < MOST_IN_BATCH) {
            gather(clocks.steady());
        }
        return gathered.size();
    }

    @Override
    public String roleName() {
        return "historian";
    }
}
