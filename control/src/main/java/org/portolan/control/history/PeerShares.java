package org.portolan.control.history;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.portolan.control.history.pack.Durable;
import org.portolan.control.history.peer.PeerFetch;
import org.portolan.control.history.retain.Compaction.Compacted;
import org.portolan.control.log.Log;

/**
 * How many bytes each peer may bring into the history, so that no peer pushes out this router's own past. All peers
 * have half of what the history may take, in equal parts. A peer may bring half of its part at once. What it has
 * brought is forgiven in time, half a part in the time that the history is kept: so of what is kept, never more than
 * its part is the peer's. Counted is what a meeting adds to the disk, this router's merge included, less what is saved
 * when packs are merged.
 *
 * <pre>
 *   it has brought less than 3/4 of that half, with this    all of it is taken
 *   less than that half                                     what it says of this router's segments, as a commit of ours
 *   more                                                    nothing: it is asked again, later each time
 * </pre>
 *
 * <p>What has been used up is on the disk, so that a restart forgives nothing. The historian's thread writes; any
 * thread reads.
 */
final class PeerShares {
    static final String NAME = "portolan.peers";

    /** Of what the history may take: all peers together bring so much at once, and as much again while it is kept. */
    private static final int PARTS = 4;

    /** Of the peer's, for its segments that this router is not on too. */
    private static final double ALL_UNTIL = 0.75;

    /** After a last part that was too large the head alone is asked for, until it is tried again. */
    private static final long HEAD_ALONE_MICROS = TimeUnit.HOURS.toMicros(1);

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
    /** Peers whose last part was too large: their head alone is asked for, until when. */
    private final Map<String, Long> headAlone = new HashMap<>();

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
                Files.readAllLines(file, StandardCharsets.US_ASCII).forEach(line -> {
                    final String[] fields = line.split(" ", 2);
                    used.put(fields[1], new Used(Long.parseLong(fields[0]), clocks.steady()));
                });
            }
        } catch (final IOException | RuntimeException e) {
            log.warn("history: %s cannot be read (%s): peers begin with whole shares of history.max_size", file, e);
        }
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

    /** What of it is taken, when it brings so many bytes. */
    synchronized Room room(final String peer, final long bytes) {
        final double before = usedNow(peer);
        if (before + bytes <= mostBytes * ALL_UNTIL) {
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

    /** Packs became one: what that has saved of peers' packs is theirs again. A fresh pack has whole trees. */
    synchronized void merged(final Compacted done) {
        final double saved = 1 - (double) done.bytesAfter() / done.bytesBefore();
        for (final String pack : done.packs()) {
            final Charge charged = fresh.remove(pack);
            if (charged != null && saved > 0) {
                use(charged.peer, -charged.bytes * saved);
            }
        }
    }

    private void use(final String peer, final double bytes) {
        used.put(peer, new Used(Math.max(0, usedNow(peer) + bytes), clocks.steady()));
    }

    private void write() {
        final StringBuilder text = new StringBuilder();
        used.keySet()
                .forEach(
                        peer -> text.append(used(peer)).append(' ').append(peer).append('\n'));
        try {
            Durable.replace(file, text.toString().getBytes(StandardCharsets.US_ASCII));
        } catch (final IOException e) {
            // It counts until the next start, and is written with the next meeting.
            log.debug("history: %s cannot be written: %s", file, e.getMessage());
        }
    }

    /** For the operator: why not all is taken. */
    String describe() {
        return ("it has used up its share of history.max_size (%,d KiB at once, and as much in the time that the"
                        + " history is kept). Raise history.max_size")
                .formatted((long) mostBytes >> KIBI);
    }
}
