package org.portolan.control.history;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.portolan.control.config.Config;
import org.portolan.control.history.peer.FetchRoom;
import org.portolan.control.history.peer.Fetched;
import org.portolan.control.history.peer.MergeResult;
import org.portolan.control.history.peer.PeerFetch;
import org.portolan.control.history.peer.PeerFilter;
import org.portolan.control.history.peer.PeerReader;
import org.portolan.control.history.query.HistoryStatus;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.log.Log;

/** The routers whose histories are read: a thread each, and what came of it. */
final class Peers implements AutoCloseable {
    /** Meetings that were no news for us, after which a commit of ours ties the peer's line to ours. */
    static final int MOST_APART = 256;

    private final List<PeerReader> readers = new ArrayList<>();
    /** Written by the historian, read by operators. */
    private final Map<String, Merged> merged = new HashMap<>();

    /** Since the last merge, by peer. Historian's thread. */
    private final Map<String, Apart> apart = new HashMap<>();

    private final long mostApartBytes;

    private final Map<String, LeftOut> leftOut = new HashMap<>();
    private final Log log;

    private record Merged(long atS, long conflicts) {}

    /** Meetings that left no trace in our line, and what they brought. */
    private record Apart(int meetings, long bytes) {
        private static final Apart NONE = new Apart(0, 0);
    }

    /**
     * What a peer said that was not taken.
     *
     * @param records all that meetings left out since the start; what comes again counts again
     * @param trouble a sentence for the operator about the last meeting's; empty when it had none
     */
    private record LeftOut(long records, String trouble) {}

    Peers(
            final HistoryRepository repository,
            final List<Config.Peer> peers,
            final PeerShares shares,
            final Clocks clocks,
            final Log log) {
        this.log = log;
        mostApartBytes = shares.mostApart();
        final FetchRoom room = new FetchRoom();
        for (final Config.Peer peer : peers) {
            readers.add(new PeerReader(
                    new PeerFetch(repository, peer.name(), peer.url(), room, () -> shares.wanted(peer.name())),
                    peer.everyS(),
                    clocks::wallS,
                    new PeerReader.Listener() {
                        @Override
                        public void troubled(final String name, final String why) {
                            log.warn("history: %s", why);
                        }

                        @Override
                        public void recovered(final String name) {
                            log.info("history: fetching from peer %s works again", name);
                        }
                    }));
        }
    }

    /** Their heads stay, however old they are. */
    static Set<String> refs(final List<Config.Peer> peers) {
        return peers.stream()
                .map(each -> HistoryRepository.REMOTES_PREFIX + each.name() + "/primary")
                .collect(Collectors.toCollection(HashSet::new));
    }

    void start() {
        readers.forEach(PeerReader::start);
    }

    /** What came from one of them, to be merged and closed. Historian's thread. */
    Optional<Fetched> poll() {
        for (final PeerReader reader : readers) {
            final Optional<Fetched> fetched = reader.poll();
            if (fetched.isPresent()) {
                return fetched;
            }
        }
        return Optional.empty();
    }

    /** Whether each was asked once, and what came was taken; so it is where there are none. Historian's thread. */
    boolean areTried() {
        return readers.stream().allMatch(PeerReader::isTried);
    }

    /**
     * Whether a peer's line is to be tied to ours: its last meetings have left no trace there, and were many, or have
     * brought much with the one that is now. Historian's thread.
     *
     * @param coming what this one brings
     */
    boolean isLongApart(final String peer, final long coming) {
        final Apart now = apart.getOrDefault(peer, Apart.NONE);
        return now.meetings >= MOST_APART || now.bytes + coming > mostApartBytes;
    }

    /** A meeting has left no trace in our line. Historian's thread. */
    void apart(final String peer, final long bytes) {
        final Apart before = apart.getOrDefault(peer, Apart.NONE);
        apart.put(peer, new Apart(before.meetings + 1, before.bytes + bytes));
    }

    /** What the peer said is our line's past. Historian's thread. */
    void tied(final String peer) {
        apart.remove(peer);
    }

    /** What came of a meeting, once it is durable. Historian's thread. */
    synchronized void met(final String peer, final long atS, final MergeResult result) {
        if (result.kind() == MergeResult.Kind.NOTHING) {
            return;
        }
        final Merged before = merged.getOrDefault(peer, new Merged(0, 0));
        merged.put(peer, new Merged(atS, before.conflicts + result.conflicts().size()));
    }

    /**
     * What a meeting left out; one log line when it is something else than in the last one. Historian's thread.
     *
     * @param segments what of whole segments was left out, and why; empty when nothing was
     */
    void leftOut(final Fetched fetched, final PeerFilter filter, final String segments) {
        final int records = filter.leftOut() + (segments.isEmpty() ? 0 : 1);
        final String first = filter.leftOut() == 0 ? segments : filter.first();
        final String others = records > 1 ? " (and %d more)".formatted(records - 1) : "";
        final String trouble = records == 0
                ? ""
                : "peer %s at %s: left out %s%s".formatted(fetched.peer(), fetched.url(), first, others);
        final LeftOut before = lastLeftOut(fetched.peer());
        if (!trouble.isEmpty() && !trouble.equals(before.trouble)) {
            log.warn("history: %s", trouble);
        }
        noteLeftOut(fetched.peer(), new LeftOut(before.records + records, trouble));
    }

    private synchronized LeftOut lastLeftOut(final String peer) {
        return leftOut.getOrDefault(peer, new LeftOut(0, ""));
    }

    private synchronized void noteLeftOut(final String peer, final LeftOut now) {
        leftOut.put(peer, now);
    }

    /** Any thread. */
    synchronized void report(final HistoryStatus.Builder status) {
        for (final PeerReader reader : readers) {
            final PeerFetch peer = reader.peer();
            final Merged last = merged.getOrDefault(peer.name(), new Merged(0, 0));
            final LeftOut refused = lastLeftOut(peer.name());
            status.peer(new HistoryStatus.Peer(
                    peer.name(),
                    peer.url().toString(),
                    reader.answeredS(),
                    last.atS,
                    last.conflicts,
                    reader.failures() + refused.records,
                    reader.nextS(),
                    reader.trouble().isEmpty() ? refused.trouble : reader.trouble()));
        }
    }

    /** After the historian has ended. */
    @Override
    public void close() throws IOException {
        readers.forEach(PeerReader::close);
    }
}
