package org.portolan.dataplane.nat;

import java.util.Random;
import java.util.TreeMap;
import org.portolan.dataplane.wire.Tcp;

/**
 * One end of a TCP connection as far as numbers go: a handshake with or without options and Fast Open data, segments up
 * to what a merged frame holds, a window that an application empties, selective and cumulative acknowledgments, fast
 * and timed retransmission, probes, keep-alives, FIN, and RST. Positions are counted from the side's first number.
 */
final class TestStack {
    /** What leaves an end. */
    record Segment(int flags, int sequence, int acknowledgment, int window, int scale, int payload) {
        boolean has(final int flag) {
            return (flags & flag) != 0;
        }

        int end() {
            return sequence + payload + (has(Tcp.SYN) ? 1 : 0) + (has(Tcp.FIN) ? 1 : 0);
        }
    }

    /** Takes what an end sends. */
    interface Wire {
        void send(TestStack from, Segment segment);
    }

    static final int LONGEST_SEGMENT = 60_000;
    private static final int SYN_ACK = Tcp.SYN | Tcp.ACK;

    final int first;
    private final Random random;
    private final Wire wire;
    private final int toSend;
    private final int offeredScale;
    private final int buffer;
    private final int burst;
    private final int fastOpen;
    private final boolean probesWithData;
    private final TreeMap<Integer, Integer> early = new TreeMap<>();
    private int peerFirst;
    private boolean synSeen;
    private boolean synSent;
    private boolean finQueued;
    private int una;
    private int next;
    private int edge;
    private int peerScale;
    private int scale;
    private int received;
    private int unread;
    private int peerFin = -1;
    private int duplicates;
    private boolean dead;

    TestStack(final Random random, final Wire wire, final boolean opensFast) {
        this.random = random;
        this.wire = wire;
        first = random.nextInt();
        toSend = random.nextInt(4) == 0 ? 0 : 1 << random.nextInt(19);
        offeredScale = random.nextInt(4) == 0 ? -1 : random.nextInt(15);
        buffer = 1 + random.nextInt(Math.min(1 << 22, 0xFFFF << Math.max(0, offeredScale)));
        burst = 1 + random.nextInt(1 << 17);
        fastOpen = opensFast && random.nextInt(4) == 0 ? Math.min(toSend, 1 + random.nextInt(1_400)) : 0;
        probesWithData = random.nextBoolean();
    }

    boolean isDead() {
        return dead;
    }

    /** Whether it has sent all, and all of it and its FIN are acknowledged, and the other side's FIN has come. */
    boolean isDone() {
        return dead || finQueued && una == toSend + 2 && peerFin >= 0 && received > peerFin;
    }

    /** Everything came, in this order. */
    boolean hasAllOf(final TestStack other) {
        return received == other.toSend + 2;
    }

    int sent() {
        return next;
    }

    int arrived() {
        return received;
    }

    void open() {
        synSent = true;
        next = Math.max(next, 1 + fastOpen);
        edge = next;
        send(Tcp.SYN, 0, fastOpen);
    }

    /** The application gives up. */
    void abort() {
        if (synSeen && !dead) {
            dead = true;
            send(Tcp.RST | Tcp.ACK, next, 0);
        }
    }

    /** The retransmission timer, and what the application does at its pace. */
    void tick() {
        if (dead) {
            return;
        }
        read();
        if (synSent && una == 0) {
            send(synSeen ? SYN_ACK : Tcp.SYN, 0, random.nextBoolean() ? fastOpen : 0);
        } else if (una < next) {
            resend(una);
        } else if (synSeen && una > 0 && next == edge && next <= toSend) {
            probe();
        } else if (synSeen && una > 0 && random.nextInt(8) == 0) {
            send(Tcp.ACK, next - 1, 0);
        }
        push();
    }

    private void probe() {
        if (probesWithData) {
            next++;
            send(Tcp.ACK, next - 1, 1);
        } else {
            send(Tcp.ACK, next - 1, 0);
        }
    }

    private void read() {
        if (unread > 0) {
            final boolean wasClosed = buffer - unread < 1 << scale;
            unread -= Math.min(unread, 1 + random.nextInt(buffer));
            if (wasClosed) {
                send(Tcp.ACK, next, 0);
            }
        }
    }

    private void resend(final int from) {
        final int bytes = Math.min(Math.min(next, toSend + 1) - from, 1 + random.nextInt(LONGEST_SEGMENT));
        final boolean withFin = finQueued && from + bytes == toSend + 1;
        send(Tcp.ACK | (withFin ? Tcp.FIN : 0), from, Math.max(0, bytes));
    }

    /** Sends what the window and the burst allow, and the FIN behind it. */
    private void push() {
        while (una > 0 && next <= toSend && next < edge && next - una < burst) {
            final int most = Math.min(Math.min(toSend + 1 - next, edge - next), LONGEST_SEGMENT);
            final int bytes = random.nextInt(4) == 0 ? 1 + random.nextInt(most) : Math.min(most, 1_460);
            next += bytes;
            final boolean last = next == toSend + 1 && random.nextBoolean();
            finQueued |= last;
            send(Tcp.ACK | (last ? Tcp.FIN : 0), next - bytes, bytes);
            next += last ? 1 : 0;
        }
        if (una > 0 && next == toSend + 1 && !finQueued && random.nextInt(3) == 0) {
            finQueued = true;
            next++;
            send(Tcp.FIN | Tcp.ACK, next - 1, 0);
        }
    }

    private void send(final int flags, final int at, final int payload) {
        final boolean syn = (flags & Tcp.SYN) != 0;
        final boolean scaled = syn && offeredScale >= 0 && ((flags & Tcp.ACK) == 0 || peerScale >= 0);
        final int free = Math.max(0, buffer - unread);
        final int window = syn ? Math.min(free, 0xFFFF) : Math.min(free >> scale, 0xFFFF);
        wire.send(
                this,
                new Segment(
                        flags,
                        first + at,
                        (flags & Tcp.ACK) == 0 ? 0 : peerFirst + received,
                        window,
                        scaled ? offeredScale : -1,
                        payload));
    }

    void take(final Segment segment) {
        if (dead) {
            // A late SYN of this connection would be refused as another one's.
            if (segment.has(Tcp.ACK) && !segment.has(Tcp.RST)) {
                wire.send(this, new Segment(Tcp.RST, segment.acknowledgment, 0, 0, -1, 0));
            }
            return;
        }
        if (segment.has(Tcp.SYN)) {
            takeSyn(segment);
        }
        if (!synSeen) {
            return;
        }
        final int at = segment.sequence - peerFirst;
        if (segment.has(Tcp.RST)) {
            if (at == received) {
                dead = true;
            } else if (at > received && at < received + buffer) {
                send(Tcp.ACK, next, 0);
            }
            return;
        }
        if (segment.has(Tcp.ACK)) {
            takeAcknowledgment(segment);
        }
        if (segment.end() != segment.sequence) {
            takeData(at + (segment.has(Tcp.SYN) ? 1 : 0), segment);
        }
        push();
    }

    private void takeSyn(final Segment segment) {
        if (synSeen) {
            return;
        }
        synSeen = true;
        peerFirst = segment.sequence;
        peerScale = segment.scale;
        received = 1;
        scale = peerScale >= 0 && offeredScale >= 0 ? offeredScale : 0;
        if (!segment.has(Tcp.ACK)) {
            edge = Math.max(edge, 1 + segment.window);
            synSent = true;
            next = Math.max(next, 1);
            takeData(1, segment);
            send(SYN_ACK, 0, 0);
        }
    }

    private void takeAcknowledgment(final Segment segment) {
        final int at = segment.acknowledgment - first;
        if (at < una || at > next) {
            return;
        }
        final int shift = segment.has(Tcp.SYN) || peerScale < 0 || offeredScale < 0 ? 0 : peerScale;
        edge = Math.max(edge, at + (segment.window << shift));
        if (at > una) {
            una = at;
            duplicates = 0;
        } else if (una < next && una > 0 && ++duplicates == 3) {
            resend(una);
        }
    }

    private void takeData(final int from, final Segment segment) {
        final int to = from + segment.payload;
        if (segment.has(Tcp.FIN)) {
            peerFin = to;
        }
        if (to > from && to > received && to - received <= Math.max(0, buffer - unread)) {
            early.merge(from, to, Math::max);
        }
        final int before = received;
        while (!early.isEmpty() && early.firstKey() <= received) {
            received = Math.max(received, early.pollFirstEntry().getValue());
        }
        unread += received - before;
        if (peerFin == received) {
            received++;
        }
        if (received == before || random.nextInt(3) != 0 || segment.has(Tcp.FIN)) {
            send(Tcp.ACK, next, 0);
        }
    }
}
