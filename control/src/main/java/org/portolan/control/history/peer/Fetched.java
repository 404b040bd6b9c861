package org.portolan.control.history.peer;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.portolan.control.history.boundary.Shallow;
import org.portolan.control.history.pack.FreshPack;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.history.store.Incoming;
import org.portolan.control.history.store.Refs;

/** A peer's history as it came and was checked, to be taken over whole or not at all. To be closed in any case. */
public final class Fetched implements AutoCloseable {
    private final PeerFetch fetch;
    private final ObjectId head;
    private final Known known;
    private final Set<ObjectId> boundary;
    private final Quarantine quarantine;
    private final boolean isAhead;
    private final boolean isHeadAlone;
    private Runnable whenClosed = () -> {};
    /** Until the refs have moved. */
    private Shallow.Hold hold = () -> {};

    private String refusal = "";
    private boolean isShortened;

    /**
     * @param fetch by which it came
     * @param known what the history held when it was checked, and holds still but for what its own retention does
     * @param boundary what the history's is with it
     * @param quarantine null when nothing came, because all was here
     * @param isAhead whether the history holds nothing and may not begin with the head's line: commits of it are dated
     *     far ahead, or its dates turn too often
     * @param isHeadAlone whether nothing that leads to the head was asked for
     */
    Fetched(
            final PeerFetch fetch,
            final ObjectId head,
            final Known known,
            final Set<ObjectId> boundary,
            final Quarantine quarantine,
            final boolean isAhead,
            final boolean isHeadAlone) {
        this.fetch = fetch;
        this.head = head;
        this.known = known;
        this.boundary = boundary;
        this.quarantine = quarantine;
        this.isAhead = isAhead;
        this.isHeadAlone = isHeadAlone;
    }

    /** Its name in the config. */
    public String peer() {
        return fetch.name();
    }

    /** Where it was read. */
    public URI url() {
        return fetch.url();
    }

    /** Whether its line has commits of a time that is far ahead: no history should begin with it, its times would be wrong. */
    public boolean isAhead() {
        return isAhead;
    }

    /** Whether nothing that leads to the head was asked for: only {@link #lend} is to be called then. */
    public boolean isHeadAlone() {
        return isHeadAlone;
    }

    /** What came, packs and indexes; 0 when all was here. */
    public long bytes() throws IOException {
        long bytes = 0;
        for (final Path pack : packs()) {
            bytes += FreshPack.bytes(pack);
        }
        return bytes;
    }

    private List<Path> packs() {
        final List<Path> packs = new ArrayList<>();
        if (quarantine != null) {
            for (final Pack pack : quarantine.objects().getPacks()) {
                packs.add(pack.getPackFile().toPath());
            }
        }
        return packs;
    }

    /**
     * What can be taken of it was, and that is durable: the peer's head does not come again before then. To be called
     * after the batch is finished.
     *
     * @param dueS {@link PeerFilter#dueS}
     */
    public void settle(final long dueS) {
        fetch.settle(head, dueS);
    }

    /** Its primary. */
    public ObjectId head() {
        return head;
    }

    /**
     * Takes it over with the batch: its objects may be referred to at once, and come into the history when the batch is
     * finished. So of one that is refused nothing stays. Historian only.
     *
     * @throws HistoryException when the history was shortened meanwhile: what came may lean on what is gone
     */
    public void adopt(final Batch batch) throws IOException {
        requireUnmoved();
        if (quarantine != null) {
            batch.adopt(new Arrival(packs()));
        }
        batch.move(fetch.ref(), head);
    }

    /**
     * Lets the batch read it, and takes nothing over: what the batch wants of it, it has to {@link Batch#copy}.
     * Historian only.
     *
     * @throws HistoryException when the history was shortened meanwhile
     */
    public void lend(final Batch batch) throws IOException {
        requireUnmoved();
        if (quarantine != null) {
            batch.adopt(new Loan());
        }
    }

    private void requireUnmoved() throws IOException {
        final FileRepository git = known.git();
        final Ref now = Refs.find(git, fetch.ref());
        final boolean isRefThere = Objects.equals(now == null ? null : now.getObjectId(), known.remote());
        if (!isRefThere || !Shallow.read(git).equals(known.boundary())) {
            isShortened = true;
            throw ShortenedException.of(peer(), null);
        }
    }

    /** Read, and left where it is. */
    private class Loan implements Incoming {
        @Override
        public ObjectReader newReader() {
            return quarantine.objects().newReader();
        }

        @Override
        public Set<ObjectId> boundary() {
            return boundary;
        }

        @Override
        public void prepare() throws IOException {
            requireUnmoved();
        }

        @Override
        public List<Path> packs() {
            return List.of();
        }
    }

    /**
     * How it comes in: the boundary first, because a boundary without its commit does no harm; then the packs; the ref
     * moves with the batch. Some renames and fsyncs.
     */
    private final class Arrival extends Loan {
        private final List<Path> packs;

        Arrival(final List<Path> packs) {
            this.packs = packs;
        }

        @Override
        public void prepare() throws IOException {
            super.prepare();
            if (boundary.equals(known.boundary())) {
                return;
            }
            final FileRepository git = known.git();
            Shallow.write(git, boundary);
            hold = Shallow.hold(git);
            if (!Shallow.read(git).equals(boundary)) {
                throw new HistoryException(
                        "peer %s: another git moved this history's boundary; it is asked again in time"
                                .formatted(peer()));
            }
        }

        @Override
        public List<Path> packs() {
            return packs;
        }
    }

    /** @param step what is to follow the other steps, whether it was adopted or not */
    void whenClosed(final Runnable step) {
        final Runnable before = whenClosed;
        whenClosed = () -> {
            before.run();
            step.run();
        };
    }

    /** It is not taken. Before it is closed. @param why a sentence for the operator */
    public void refuse(final String why) {
        refusal = why;
    }

    /** Why it was not taken; empty when it was, or nobody wanted it. When it was closed. */
    public String refusal() {
        return refusal;
    }

    /**
     * @throws HistoryException when it was refused; a {@link ShortenedException} when that is not a fault of the peer
     */
    void requireTaken() throws HistoryException {
        if (refusal.isEmpty()) {
            return;
        }
        throw isShortened ? new ShortenedException(refusal, null) : new HistoryException(refusal);
    }

    @Override
    public void close() throws IOException {
        try {
            hold.close();
            if (quarantine != null) {
                quarantine.close();
            }
        } finally {
            whenClosed.run();
        }
    }
}
