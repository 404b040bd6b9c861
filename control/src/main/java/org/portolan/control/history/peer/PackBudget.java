package org.portolan.control.history.peer;

import java.util.Collection;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.transport.ObjectInfoRequest;
import org.eclipse.jgit.transport.PreUploadHook;
import org.eclipse.jgit.transport.ProtocolV2Hook;
import org.eclipse.jgit.transport.ServiceMayNotContinueException;
import org.eclipse.jgit.transport.UploadPack;
import org.portolan.control.history.store.HistoryRepository;

/**
 * How many objects may be in the packs that are being made. JGit holds each one's name, place and flags while it makes a
 * pack: some 450 bytes (a clone of 315,003 objects, ZGC). Better no pack than a router without memory.
 */
final class PackBudget {
    /** The packs that are being made take half of the heap at most. */
    static final int STANDARD_OBJECTS = (int) Math.min(1 << 30, Runtime.getRuntime().maxMemory() / 2 / 512);

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

    /** Thrown into JGit's walk, which knows no other way to end. */
    static final class SpentException extends RuntimeException {
        private static final long serialVersionUID = 1;

        SpentException() {
            super("too many objects are being packed");
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
                        "%d objects are too many to be packed here (at most %d): copy the directory, or give the router more heap"
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
                if (!take(Math.min(PIECE, most))) {
                    throw new SpentException();
                }
                held += Math.min(PIECE, most);
            }
            used++;
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
