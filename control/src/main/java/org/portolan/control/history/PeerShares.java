package org.portolan.control.history;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.portolan.control.history.pack.Durable;
import org.portolan.control.history.peer.PeerFetch;
import org.portolan.control.history.retain.Compaction.Compacted;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.log.Log;

/**
 * How many bytes each peer may bring into the history, so that no peer pushes out this router's own past. All peers
 * have half of what the history may take, in equal parts. A peer may bring half of its part at once. What it has
 * brought is forgiven in time, half a part in the time that the history is kept: so of what is kept, never more than
 * its part is the peer's. Counted is what a meeting adds to the disk, this router's merge included, less what is surely
 * the peer's of that which is saved when packs are merged.
 *
 * <pre>
 *   it has brought less than 3/4 of that half, with this    all of it is taken
 *   less than that half                                     what it says of this router's segments, as a commit of ours
 *   more                                                    nothing: it is asked again, later each time
 * </pre>
 *
 * <p>A meeting that would add more than is left is refused, whatever it may bring. One is not: what a peer says of this
 * router's segments, when the peer has brought nothing for as long as the history is kept. No smaller one may exist, so
 * it may be as large as all of the peer's part.
 *
 * <p>What has been used up is on the disk, so that a restart forgives nothing: written with each meeting, once an hour
 * and at the end. The historian's thread writes; any thread reads.
 */
final class PeerShares {
    static final String NAME = "portolan.peers";

    /** Of what the history may take: all peers together bring so much at once, and as much again while it is kept. */
    private static final int PARTS = 4;

    /** Of the peer's, for its segments that this router is not on too. */
    private static final double ALL_UNTIL = 0.75;

    /** Of the peer's: when it has brought so much that left no trace in our line, a commit of ours ties it there. */
    private static final int APART_PARTS = 8;

    /** A commit that ties a line is news to its peer, of some 2 KB: it is not to be answered by another. */
    private static final long LEAST_APART = 64 << 10;

    /** After a meeting that was too large the head alone is asked for, until it is tried again. */
    private static final long HEAD_ALONE_MICROS = TimeUnit.HOURS.toMicros(1);

    private static final long WRITE_MICROS = TimeUnit.HOURS.toMicros(1);

    /**
     * A peer's part, of what it may bring at once. More was counted when its part was larger, or by a file that is
     * wrong.
     */
    private static final int MOST_SHARES = 2;

    /** Packs are merged by the dozen: of more something else has become. */
    private static final int MOST_FRESH = 1_024;

    private static final int KIBI = 10;

    /** What is taken of a peer's history. */
    enum Room {
        ALL,
        SHARED,
        NONE
    }

    private final Path file;
    private final double mostBytes;
    private final double keepMicros;
    private final Clocks clocks;
    private final Log log;
    private final Map<String, Used> used = new TreeMap<>();
    /** Peers whose history was too large as a whole. */
    private final Set<String> lastPart = new HashSet<>();
    /** Peers whose last part, or meeting, was too large: their head alone is asked for, until when. */
    private final Map<String, Long> headAlone = new HashMap<>();
    /** What the file says. */
    private String written = "";

    private long writeMicros;

    /** What the last packs of meetings were charged, by name, until they are merged. */
    private final Map<String, Charge> fresh = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(final Map.Entry<String, Charge> eldest) {
            return size() > MOST_FRESH;
        }
    };

    private record Charge(String peer, long bytes) {}

    /** @param atMicros of the steady clock */
    private record Used(double bytes, long atMicros) {}

    /**
     * @param repository the directory that the history is in
     * @param mostBytes what the history may take; 0 for any size
     * @param keepDays how long it is kept
     * @param peers how many share it
     */
    PeerShares(
            final Path repository,
            final long mostBytes,
            final int keepDays,
            final int peers,
            final Clocks clocks,
            final Log log) {
        file = repository.resolve(NAME);
        this.mostBytes = mostBytes == 0 ? Double.MAX_VALUE : (double) mostBytes / PARTS / Math.max(1, peers);
        keepMicros = TimeUnit.DAYS.toMicros(Math.max(1, keepDays));
        this.clocks = clocks;
        this.log = log;
        read();
    }

    private void read() {
        try {
            if (Files.exists(file)) {
                used.putAll(parse(Files.readAllLines(file, StandardCharsets.US_ASCII)));
                written = text();
            }
        } catch (final IOException | RuntimeException e) {
            log.warn("history: %s cannot be read (%s): peers begin with whole shares of history.max_size", file, e);
        }
    }

    private Map<String, Used> parse(final List<String> lines) throws IOException {
        final Map<String, Used> parsed = new HashMap<>();
        for (final String line : lines) {
            final String[] fields = line.split(" ", 2);
            final long bytes = Long.parseLong(fields[0]);
            if (fields.length < 2 || bytes < 0) {
                throw new IOException("it is damaged");
            }
            parsed.put(fields[1], new Used(Math.min(bytes, MOST_SHARES * mostBytes), clocks.steady()));
        }
        return parsed;
    }

    /** What a peer has used up and is not forgiven yet. */
    synchronized long used(final String peer) {
        return (long) usedNow(peer);
    }

    private double usedNow(final String peer) {
        final Used then = used.get(peer);
        return then == null
                ? 0
                : Math.max(0, then.bytes - (clocks.steady() - then.atMicros) * (mostBytes / keepMicros));
    }

    /** What of its table is taken, when its head alone has come. */
    synchronized Room roomForHead(final String peer) {
        return usedNow(peer) < mostBytes ? Room.SHARED : Room.NONE;
    }

    /** Whether all of it can be taken, when it brings so many bytes. */
    synchronized boolean hasRoomForAll(final String peer, final long bytes) {
        return usedNow(peer) + bytes <= mostBytes * ALL_UNTIL;
    }

    /** What of it is taken, when it brings so many bytes. The next time less may be asked for. */
    synchronized Room room(final String peer, final long bytes) {
        final double before = usedNow(peer);
        if (hasRoomForAll(peer, bytes)) {
            lastPart.remove(peer);
            return Room.ALL;
        }
        if (before <= mostBytes * ALL_UNTIL && !lastPart.add(peer)) {
            headAlone.put(peer, clocks.steady() + HEAD_ALONE_MICROS);
        }
        return roomForHead(peer);
    }

    /** How much of its history is worth asking for. */
    synchronized PeerFetch.Extent wanted(final String peer) {
        if (usedNow(peer) > mostBytes * ALL_UNTIL || clocks.steady() < headAlone.getOrDefault(peer, 0L)) {
            return PeerFetch.Extent.HEAD_ALONE;
        }
        return lastPart.contains(peer) ? PeerFetch.Extent.LAST_PART : PeerFetch.Extent.ALL;
    }

    /**
     * A meeting is durable.
     *
     * @param packs that it has added, and the bytes of each
     */
    synchronized void charge(final String peer, final Map<String, Long> packs) {
        long bytes = 0;
        for (final Map.Entry<String, Long> each : packs.entrySet()) {
            bytes += each.getValue();
            fresh.put(each.getKey(), new Charge(peer, each.getValue()));
        }
        if (bytes > 0) {
            use(peer, bytes);
            write();
        }
    }

    /**
     * Called before a meeting is durable.
     *
     * @param bytes that it adds to the disk
     * @param isWhole whether less of it may be asked for
     * @throws HistoryException when that is more than is left
     */
    synchronized void requireRoom(final String peer, final long bytes, final boolean isWhole) throws HistoryException {
        final double most = isWhole || hasBrought(peer) ? mostBytes : MOST_SHARES * mostBytes;
        if (bytes == 0 || usedNow(peer) + bytes <= most) {
            return;
        }
        if (isWhole) {
            headAlone.put(peer, clocks.steady() + HEAD_ALONE_MICROS);
        } else if (bytes > MOST_SHARES * mostBytes) {
            throw new HistoryException("what it says of this router's segments is more than all of " + share());
        }
        throw new HistoryException("what it brings now is more than is left of " + share());
    }

    /** Whether some of what it has brought may be kept still, though all of it may be forgiven. */
    private boolean hasBrought(final String peer) {
        final Used then = used.get(peer);
        return then != null && clocks.steady() - then.atMicros < keepMicros;
    }

    /** So much of a peer's may be here and not be tied to our line. */
    long mostApart() {
        return Math.max(LEAST_APART, (long) mostBytes / APART_PARTS);
    }

    /**
     * Packs became one. All of the new one may be a peer's: what the peer's packs had above that was saved of them. The
     * rest that was saved may have been of this router's own.
     */
    synchronized void merged(final Compacted done) {
        final Map<String, Long> charged = new HashMap<>();
        for (final String pack : done.packs()) {
            final Charge charge = fresh.remove(pack);
            if (charge != null) {
                charged.merge(charge.peer, charge.bytes, Long::sum);
            }
        }
        charged.values().removeIf(bytes -> bytes <= done.bytesAfter());
        if (!charged.isEmpty()) {
            charged.forEach((peer, bytes) -> use(peer, done.bytesAfter() - bytes));
            write();
        }
    }

    private void use(final String peer, final long bytes) {
        used.put(peer, new Used(Math.max(0, usedNow(peer) + bytes), clocks.steady()));
    }

    /** To be called now and then: what time has forgiven is written, once an hour. */
    synchronized void keep() {
        if (clocks.steady() >= writeMicros) {
            write();
        }
    }

    /** After the last meeting. */
    synchronized void close() {
        write();
    }

    private void write() {
        writeMicros = clocks.steady() + WRITE_MICROS;
        final String text = text();
        if (text.equals(written)) {
            return;
        }
        try {
            Durable.replace(file, text.getBytes(StandardCharsets.US_ASCII));
            written = text;
        } catch (final IOException e) {
            // It counts until the next start, and is written an hour later or with the next meeting.
            log.debug("history: %s cannot be written: %s", file, e.getMessage());
        }
    }

    private String text() {
        final StringBuilder text = new StringBuilder();
        for (final String peer : used.keySet()) {
            final long bytes = used(peer);
            if (bytes > 0 || hasBrought(peer)) {
                text.append(bytes).append(' ').append(peer).append('\n');
            }
        }
        return text.toString();
    }

    /** For the operator: why not all is taken. */
    String describe() {
        return "it has used up " + share();
    }

    private String share() {
        return ("its share of history.max_size (%,d KiB at once, and as much in the time that the history is kept)."
                        + " Raise history.max_size")
                .formatted((long) mostBytes >> KIBI);
    }
}
