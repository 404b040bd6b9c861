package org.portolan.control.history.peer;

import java.util.Collection;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.errors.PackProtocolException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.transport.ObjectInfoRequest;
import org.eclipse.jgit.transport.PreUploadHook;
import org.eclipse.jgit.transport.ProtocolV2Hook;
import org.eclipse.jgit.transport.ServiceMayNotContinueException;
import org.eclipse.jgit.transport.UploadPack;
import org.portolan.control.history.store.HistoryRepository;

/**
 * How many objects may be in the packs that are being made. JGit holds each one's name, place and flags while it makes
 * a pack: some 450 bytes (a clone of 315,003 objects, ZGC). Better no pack than a router without memory.
 */
final class PackBudget {
    /** The packs that are being made take half of the heap at most. */
    static final int STANDARD_OBJECTS =
            (int) Math.min(1 << 30, Runtime.getRuntime().maxMemory() / 2 / 512);

    /** Begins the answer to a client that asks for too much; it may ask for less then. */
    static final String TOO_MANY = "too many objects at once";

    private final int most;
    private final long patienceMs;
    private final Semaphore left;

    /** @param patienceMs how long a connection waits for others to be done */
    PackBudget(final int most, final long patienceMs) {
        this.most = most;
        this.patienceMs = patienceMs;
        left = new Semaphore(most, true);
    }

    /** One connection's part; its thread only. */
    Share share(final HistoryRepository history) {
        return new Share(history);
    }

    private boolean take(final int objects) {
        try {
            return left.tryAcquire(objects, patienceMs, TimeUnit.MILLISECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What one connection's pack takes: a clone's at once, because it is known; others' as they grow. */
    final class Share implements PreUploadHook, ProtocolV2Hook, AutoCloseable {
        private static final int PIECE = 1_024;

        private final HistoryRepository history;
        private int held;
        private int used;

        private Share(final HistoryRepository history) {
            this.history = history;
        }

        @Override
        public void onSendPack(
                final UploadPack up,
                final Collection<? extends ObjectId> wants,
                final Collection<? extends ObjectId> haves)
                throws ServiceMayNotContinueException {
            close();
            if (!haves.isEmpty() || up.getDepth() > 0) {
                return;
            }
            final long all = history.git().getObjectDatabase().getApproximateObjectCount();
            if (all > most) {
                throw new ServiceMayNotContinueException(
                        (TOO_MANY + ": %d, and %d can be packed here; give the router more heap, take a part (git clone"
                                        + " --depth), or copy the directory")
                                .formatted(all, most));
            }
            if (!take((int) all)) {
                throw new ServiceMayNotContinueException("busy, come again in a minute");
            }
            held = (int) all;
        }

        /** One more object is in the pack. */
        void use() {
            if (used == held) {
                final int piece = Math.min(PIECE, most - held);
                final boolean alone = left.availablePermits() + held >= most;
                if (piece == 0 || alone && left.availablePermits() < piece || !take(piece)) {
                    final PackProtocolException spent =
                            new PackProtocolException(TOO_MANY + ": %d can be packed here".formatted(most));
                    Share.<RuntimeException>raise(spent);
                }
                held += piece;
            }
            used++;
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

        @Override
        public void onBeginNegotiateRound(
                final UploadPack up, final Collection<? extends ObjectId> wants, final int offered) {
            // Takes little.
        }

        @Override
        public void onEndNegotiateRound(
                final UploadPack up,
                final Collection<? extends ObjectId> wants,
                final int found,
                final int notFound,
                final boolean ready) {
            // Takes little.
        }

        @Override
        public void close() {
            left.release(held);
            held = 0;
            used = 0;
        }
    }
}
