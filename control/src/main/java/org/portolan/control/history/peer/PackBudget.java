package org.portolan.control.history.peer;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.errors.PackProtocolException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.transport.ObjectInfoRequest;
import org.eclipse.jgit.transport.ProtocolV2Hook;
import org.eclipse.jgit.transport.ServiceMayNotContinueException;
import org.eclipse.jgit.transport.UploadPack;
import org.portolan.control.history.boundary.SendPackHook;
import org.portolan.control.history.store.HistoryRepository;

/**
 * How many objects may be in the packs that are being made. JGit holds each one's name, place and flags while it makes
 * a pack. A small pack is made at once: each connection has room for one. The rest of the room is for one large pack at
 * a time, and goes to the next one when the pack is made: a slow client reads it from the disk. Next is the client
 * whose address has not had it for longest, so no address gets it again while another one waits.
 */
final class PackBudget {
    /** Begins the answer to a client that asks for too much; it may ask for less then. */
    static final String TOO_MANY = "too many objects at once";

    private static final String BUSY = "busy, come again in a minute";

    /** Of the room, so much is for small packs. */
    private static final int SMALL_PART = 8;

    private final int small;
    private final int large;
    private final long patienceMs;
    private final Turns turns = new Turns();

    /**
     * @param objects in all packs that are made at once
     * @param connections that may make one
     * @param patienceMs how long a connection waits for its turn
     */
    PackBudget(final int objects, final int connections, final long patienceMs) {
        small = objects / SMALL_PART / connections;
        large = objects - small * connections;
        this.patienceMs = patienceMs;
    }

    /** One connection's part; its thread only. */
    Share share(final HistoryRepository history, final Origin origin) {
        return new Share(history, origin);
    }

    private Optional<Turns.Turn> take(final Origin origin) {
        final long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMs);
        return turns.take(origin, () -> System.nanoTime() - untilNs > 0);
    }

    /** What one connection's pack takes: a clone's at once, because it is known; others' as they grow. */
    final class Share extends SendPackHook implements ProtocolV2Hook, AutoCloseable {
        private final HistoryRepository history;
        private final Origin origin;
        private Turns.Turn turn;
        private int packed;
        private int walked;

        private Share(final HistoryRepository history, final Origin origin) {
            this.history = history;
            this.origin = origin;
        }

        @Override
        public void onSendPack(
                final UploadPack up,
                final Collection<? extends ObjectId> wants,
                final Collection<? extends ObjectId> haves)
                throws ServiceMayNotContinueException {
            if (!haves.isEmpty() || up.getDepth() > 0) {
                return;
            }
            final long all = history.git().getObjectDatabase().getApproximateObjectCount();
            if (all > large) {
                throw new ServiceMayNotContinueException(
                        (TOO_MANY + ": %d, and %d can be packed here; give the router more heap, take a part (git clone"
                                        + " --depth), or copy the directory")
                                .formatted(all, large));
            }
            if (all > small && !grow()) {
                throw new ServiceMayNotContinueException(BUSY);
            }
        }

        /** One more object is in a pack of this connection. */
        void pack() {
            packed++;
            require(packed);
        }

        /** One more commit was looked at: all of them are, and are held, before the first one is in the pack. */
        void walk() {
            walked++;
            require(walked);
        }

        private void require(final int objects) {
            if (objects > large) {
                Share.<RuntimeException>raise(
                        new PackProtocolException(TOO_MANY + ": %d can be packed here".formatted(large)));
            }
            if (objects > small && !grow()) {
                Share.<RuntimeException>raise(new PackProtocolException(BUSY));
            }
        }

        private boolean grow() {
            if (turn == null) {
                turn = take(origin).orElse(null);
            }
            return turn != null;
        }

        /** Whether it is this connection's turn to make a large pack. */
        boolean isLarge() {
            return turn != null;
        }

        /** JGit calls from where it may throw this, by an interface that may not; of no other it tells the client. */
        @SuppressWarnings("unchecked")
        private static <E extends Exception> void raise(final Exception thrown) throws E {
            throw (E) thrown;
        }

        @Override
        public void onObjectInfo(final ObjectInfoRequest request) throws ServiceMayNotContinueException {
            throw new ServiceMayNotContinueException("object-info is not served");
        }

        /** When all that JGit held of the packs is garbage. */
        void release() {
            if (turn != null) {
                turn.close();
                turn = null;
            }
        }

        @Override
        public void close() {
            release();
        }
    }
}
