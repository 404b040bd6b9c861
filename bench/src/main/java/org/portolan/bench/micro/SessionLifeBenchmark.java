package org.portolan.bench.micro;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.nat.Match;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.nat.SessionReader;
import org.portolan.dataplane.wire.Packet;

/**
 * What sessions cost that come and go while the table holds {@code sessions} others: mapping, outside port and
 * session made by the first packet of a flow from inside, then freed as on control's command, oldest first, and the
 * port given back after its rest.
 *
 * <ul>
 * <li>{@code life}: batches as the worker's: 64 new flows, and 64 sessions that are over. Second after second pass
 * on the table's clock, one a batch, so that 7,680 ports rest at any time, and none has to give up its rest;
 * <li>{@code open}: 16,384 new flows in a row without any end; they are ended between the measurements;
 * <li>{@code baseline}: the same as {@code open} up to where a session would be made: the packet is parsed, hashed
 * and not found.
 * </ul>
 *
 * <p>A figure is nanoseconds a session; a billion by it is sessions a second. Which sessions are over is not looked
 * for: that is control's scan.
 */
public class SessionLifeBenchmark extends HotPathBenchmark {
    /** NumberedFlows without a session: more than are opened in a row, and than rest in {@code life}. */
    private static final int SPARE = 16_384;

    private static final int REST_S = 120;

    /** The table and the flows that come and go. */
    @State(Scope.Thread)
    public static class Table {
        /** Sessions that are in the table throughout. */
        @Param({"65536", "1048576"})
        public int sessions;

        private final Packet[] packets = new Packet[BATCH];
        private final long[] hashes = new long[BATCH];
        private int count;
        Nat nat;
        private SessionReader reader;
        private Slab first;
        private Slab unknown;
        private int[] sessionOf;
        private int next;
        private int oldest;
        private int nextUnknown;
        int nowS;
        long touched;

        @Setup(Level.Trial)
        public void fill() {
            requireWholeBatches(sessions);
            for (int i = 0; i < BATCH; i++) {
                packets[i] = new Packet();
            }
            count = sessions + SPARE;
            final NumberedFlows flows = new NumberedFlows(count, Transport.UDP);
            nat = flows.nat(count);
            reader = nat.reader();
            first = flows.outboundFrames(NumberedFlows.REMOTE_PORT);
            unknown = flows.outboundFrames(NumberedFlows.UNUSED_PORT);
            sessionOf = new int[count];
            for (int opened = 0; opened < sessions; opened += BATCH) {
                openBatch();
            }
        }

        /** A benchmark whose sessions were refused, or whose ports did not rest, would be fast. */
        @TearDown(Level.Trial)
        public void free() {
            NumberedFlows.require(
                    nat.counts().sessions() == sessions,
                    "%d sessions are left",
                    nat.counts().sessions());
            NumberedFlows.require(
                    nat.counts().portsReclaimed() == 0,
                    "%d ports lost their rest",
                    nat.counts().portsReclaimed());
            first.close();
            unknown.close();
            nat.close();
        }

        /** Parses, hashes and touches 64 packets, as the worker does before it looks up the first. */
        private void prepare(final long frames) {
            for (int i = 0; i < BATCH; i++) {
                NumberedFlows.parse(packets[i], frames + (long) i * NumberedFlows.STRIDE);
                hashes[i] = nat.hash(packets[i], 0);
            }
            for (int i = 0; i < BATCH; i++) {
                touched += nat.touch(hashes[i]);
            }
            for (int i = 0; i < BATCH; i++) {
                touched += nat.touchSession(nat.likely(hashes[i]), nowS);
            }
        }

        /** Looks for 64 sessions that are not there. */
        long askBatch() {
            prepare(unknown.address() + (long) nextUnknown * NumberedFlows.STRIDE);
            nextUnknown = nextUnknown + BATCH == count ? 0 : nextUnknown + BATCH;
            long sum = touched;
            for (int i = 0; i < BATCH; i++) {
                sum += nat.find(packets[i], 0, hashes[i]);
            }
            return sum;
        }

        void openBatch() {
            prepare(first.address() + (long) next * NumberedFlows.STRIDE);
            for (int i = 0; i < BATCH; i++) {
                final int found = nat.find(packets[i], 0, hashes[i]);
                final int match = nat.openOutbound(packets[i], 0, NumberedFlows.EGRESS, hashes[i], nowS);
                if (found >= 0 || match < 0) {
                    throw new IllegalStateException("no new session");
                }
                sessionOf[next + i] = Match.session(match);
            }
            next = next + BATCH == count ? 0 : next + BATCH;
        }

        void endBatch() {
            for (int i = 0; i < BATCH; i++) {
                final int session = sessionOf[oldest + i];
                if (!nat.expire(session, reader.generation(session), reader.lastSeenWord(session), nowS)) {
                    throw new IllegalStateException("the session was not there");
                }
            }
            oldest = oldest + BATCH == count ? 0 : oldest + BATCH;
        }
    }

    /** A table from which after each measurement as many go as were opened. */
    public static class OpenedTable extends Table {
        @TearDown(Level.Invocation)
        public void end() {
            for (int ended = 0; ended < SPARE; ended += BATCH) {
                endBatch();
            }
            nowS += REST_S;
            while (nat.counts().portsResting() > 0) {
                nat.releaseRested(nowS);
            }
        }
    }

    @Benchmark
    @OperationsPerInvocation(SPARE)
    public long baseline(final Table table) {
        long sum = 0;
        for (int asked = 0; asked < SPARE; asked += BATCH) {
            sum += table.askBatch();
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(SPARE)
    public long open(final OpenedTable table) {
        for (int made = 0; made < SPARE; made += BATCH) {
            table.openBatch();
        }
        return table.touched;
    }

    @Benchmark
    public long life(final Table table) {
        table.nowS++;
        table.endBatch();
        table.openBatch();
        table.nat.releaseRested(table.nowS);
        return table.touched;
    }
}
