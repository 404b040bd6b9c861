package org.portolan.dataplane.counter;

import java.util.Locale;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;

/**
 * One worker's counters. Written by that worker alone, with release; read by control and other processes.
 *
 * <p>The law they keep, at each batch border: received = sent + consumed + held + the sum of the drops. What the router
 * itself makes (echo replies, ICMP errors, frames that control injects) is counted apart: made = originated + lost +
 * still waiting for the device. Held are frames that wait for a neighbor, for the first fragment of their datagram, or
 * for their egress device. A packet that leaves in parts is sent once, with its first part; the others are originated.
 */
public final class WorkerCounters {
    private final AtomicCounter received;
    private final AtomicCounter sent;
    private final AtomicCounter consumed;
    private final AtomicCounter held;
    private final AtomicCounter originated;
    private final AtomicCounter originatedLost;
    private final AtomicCounter resolveLost;
    private final AtomicCounter tcpOutOfWindow;
    private final AtomicCounter unsolicitedSyns;
    private final AtomicCounter unsolicitedSynsLost;
    private final AtomicCounter stalls;
    private final AtomicCounter longestStallNs;
    private int heldForNeighbor;
    private int heldForDevice;
    private int heldForFirst;
    private int pendingOriginated;
    private final AtomicCounter[] drops = new AtomicCounter[DropReason.COUNT];

    /** Names are {@code worker.N.received}, {@code worker.N.drop.no_route} and so on. */
    public WorkerCounters(final CountersManager manager, final int worker) {
        final String prefix = "worker." + worker + ".";
        received = manager.newCounter(prefix + "received");
        sent = manager.newCounter(prefix + "sent");
        consumed = manager.newCounter(prefix + "consumed");
        held = manager.newCounter(prefix + "held");
        originated = manager.newCounter(prefix + "originated");
        originatedLost = manager.newCounter(prefix + "originated_lost");
        resolveLost = manager.newCounter(prefix + "resolve_lost");
        tcpOutOfWindow = manager.newCounter(prefix + "tcp_out_of_window");
        unsolicitedSyns = manager.newCounter(prefix + "unsolicited_syns");
        unsolicitedSynsLost = manager.newCounter(prefix + "unsolicited_syns_lost");
        stalls = manager.newCounter(prefix + "stalls");
        longestStallNs = manager.newCounter(prefix + "longest_stall_ns");
        for (final DropReason reason : DropReason.values()) {
            if (reason != DropReason.NONE) {
                drops[reason.code] =
                        manager.newCounter(prefix + "drop." + reason.name().toLowerCase(Locale.ROOT));
            }
        }
    }

    public void received(final int frames) {
        received.getAndAddRelease(frames);
    }

    public void sent(final int frames) {
        sent.getAndAddRelease(frames);
    }

    /** A frame that was for the router itself, and served. */
    public void consumed() {
        consumed.incrementRelease();
    }

    /** Frames that wait for a neighbor now. */
    public void held(final int frames) {
        heldForNeighbor = frames;
        publishHeld();
    }

    /** Frames that wait for their egress device now. */
    public void heldForDevice(final int frames) {
        heldForDevice = frames;
        publishHeld();
    }

    /** Fragments that wait for the first one of their datagram now. */
    public void heldForFirst(final int frames) {
        heldForFirst = frames;
        publishHeld();
    }

    private void publishHeld() {
        held.setRelease(heldForNeighbor + heldForDevice + heldForFirst);
    }

    /** Notes a frame of the router's own, handed over; {@link #publishOriginated} shows it. */
    public void originated() {
        pendingOriginated++;
    }

    /** Of the router's own frames noted, these have not left; negative when some left that an earlier call named. */
    public void unsentOwn(final int frames) {
        pendingOriginated -= frames;
    }

    /** At the batch border. */
    public void publishOriginated() {
        if (pendingOriginated != 0) {
            originated.getAndAddRelease(pendingOriginated);
            pendingOriginated = 0;
        }
    }

    /** A frame of the router's own that could not be handed over. */
    public void originatedLost() {
        originatedLost.incrementRelease();
    }

    /** Frames of the router's own that were taken and never left. */
    public void originatedLost(final int frames) {
        originatedLost.getAndAddRelease(frames);
    }

    /** A question to control about a neighbor that its share of the ring had no room for; it is asked again. */
    public void resolveLost() {
        resolveLost.incrementRelease();
    }

    /** TCP segments outside the window of their connection since the start, dropped or not. */
    public void tcpOutOfWindow(final long segments) {
        if (segments != tcpOutOfWindow.getPlain()) {
            tcpOutOfWindow.setRelease(segments);
        }
    }

    /** SYNs from outside that wait now for the inside to open the same connection. */
    public void unsolicitedSyns(final int waiting) {
        unsolicitedSyns.setRelease(waiting);
    }

    /** Such a SYN that had to go before its time, or found no room. */
    public void unsolicitedSynLost() {
        unsolicitedSynsLost.incrementRelease();
    }

    /** The worker was away for {@code ns}: the scheduler, the collector or the machine took its time. */
    public void stalled(final long ns) {
        stalls.incrementRelease();
        if (ns > longestStallNs.getPlain()) {
            longestStallNs.setRelease(ns);
        }
    }

    /** @param code a {@link DropReason}'s, not 0 */
    public void drop(final int code) {
        drops[code].incrementRelease();
    }

    /** @param code a {@link DropReason}'s, not 0 */
    public void drop(final int code, final int frames) {
        drops[code].getAndAddRelease(frames);
    }

    public long received() {
        return received.get();
    }

    public long sent() {
        return sent.get();
    }

    public long consumedFrames() {
        return consumed.get();
    }

    public long heldFrames() {
        return held.get();
    }

    public long originatedFrames() {
        return originated.get();
    }

    public long originatedLostFrames() {
        return originatedLost.get();
    }

    public long resolvesLost() {
        return resolveLost.get();
    }

    public long tcpOutOfWindow() {
        return tcpOutOfWindow.get();
    }

    public long unsolicitedSynsWaiting() {
        return unsolicitedSyns.get();
    }

    public long unsolicitedSynsLost() {
        return unsolicitedSynsLost.get();
    }

    public long stallCount() {
        return stalls.get();
    }

    public long longestStall() {
        return longestStallNs.get();
    }

    public long dropped(final DropReason reason) {
        return drops[reason.code].get();
    }

    public long droppedAll() {
        long sum = 0;
        for (int code = 1; code < drops.length; code++) {
            sum += drops[code].get();
        }
        return sum;
    }
}
