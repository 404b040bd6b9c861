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

/** Leave to make packs, for one connection. Each takes memory for every object in it, and some CPU. */
final class PackPermit implements PreUploadHook, ProtocolV2Hook, AutoCloseable {
    /** Names, places, types and walk flags of an object, measured: 190 bytes. */
    private static final long BYTES_AN_OBJECT = 256;

    /** Of the heap, for one pack. */
    private static final int PART = 4;

    private final Semaphore packs;
    private final HistoryRepository history;
    private final long patienceMs;
    private boolean held;

    PackPermit(final Semaphore packs, final HistoryRepository history, final long patienceMs) {
        this.packs = packs;
        this.history = history;
        this.patienceMs = patienceMs;
    }

    @Override
    public void onSendPack(
            final UploadPack up, final Collection<? extends ObjectId> wants, final Collection<? extends ObjectId> haves)
            throws ServiceMayNotContinueException {
        if (haves.isEmpty()) {
            requireMemory();
        }
        try {
            held = held || packs.tryAcquire(patienceMs, TimeUnit.MILLISECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!held) {
            throw new ServiceMayNotContinueException("busy, come again in a minute");
        }
    }

    /** A clone holds them all; better none than a router without memory. */
    private void requireMemory() throws ServiceMayNotContinueException {
        final long objects = history.git().getObjectDatabase().getApproximateObjectCount();
        final long most = Runtime.getRuntime().maxMemory() / PART / BYTES_AN_OBJECT;
        if (objects > most) {
            throw new ServiceMayNotContinueException(
                    "%d objects are too many to be packed here at once (at most %d): copy the directory, or give the router more heap"
                            .formatted(objects, most));
        }
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
        if (held) {
            packs.release();
            held = false;
        }
    }
}
