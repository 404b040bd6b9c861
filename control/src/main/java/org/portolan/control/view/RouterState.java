package org.portolan.control.view;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.portolan.control.config.Config;
import org.portolan.control.device.Link;
import org.portolan.control.expiry.RefusalLog;
import org.portolan.control.history.History;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.start.Dataplane;
import org.portolan.control.start.LatencyPlace;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.counter.PortCounters;
import org.portolan.dataplane.counter.WorkerCounters;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.nat.PoolCounts;
import org.portolan.dataplane.nat.SessionReader;
import org.portolan.dataplane.nat.SessionRow;
import org.portolan.dataplane.nat.SessionState;
import org.portolan.dataplane.policy.OutsideAddresses;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.worker.Worker;

/**
 * The running router as operators see it: reads the worker's counters and tables as they are, and asks control for
 * its own.
 */
public final class RouterState implements RouterView, AutoCloseable {
    private static final int SNAPSHOT_TRIES = 16;
    private static final int[] UNKNOWN = {-1, -1};

    private static final List<DropReason> INSIDE_REFUSALS = List.of(
            DropReason.SESSIONS_FULL,
            DropReason.MAPPINGS_FULL,
            DropReason.PORTS_EXHAUSTED,
            DropReason.INDEX_CROWDED,
            DropReason.HOSTS_FULL,
            DropReason.HOST_SESSIONS_FULL,
            DropReason.HOST_PORTS_FULL,
            DropReason.HOST_RATE,
            DropReason.PROTOCOL_AMBIGUOUS);
    private static final List<DropReason> OUTSIDE_REFUSALS = List.of(
            DropReason.REMOTE_SESSIONS_FULL,
            DropReason.FORWARD_SESSIONS_FULL,
            DropReason.OUTSIDE_SESSIONS_FULL,
            DropReason.SESSIONS_RESERVED);

    private final Config config;
    private final Dataplane dataplane;
    private final ControlSide control;
    /** Null when none is kept. */
    private final History history;

    private final Worker worker;
    private final Thread workerThread;
    private final LatencyView latency;
    /**
     * Operators' threads share it while they read the dataplane's memory; who takes that memory away holds it alone.
     */
    private final ReentrantReadWriteLock memory = new ReentrantReadWriteLock();

    private boolean closed;

    public RouterState(
            final Config config,
            final Dataplane dataplane,
            final ControlSide control,
            final History history,
            final LatencyPlace latency,
            final Thread workerThread) {
        this.history = history;
        this.workerThread = workerThread;
        this.config = config;
        this.dataplane = dataplane;
        this.control = control;
        worker = dataplane.worker();
        this.latency = new LatencyView(config, latency, worker.counters());
    }

    private long nowNs() {
        // A clock is one thread's, and any number of operators ask here.
        return dataplane.machine().clock().nanoTime();
    }

    private long uptimeS() {
        return (nowNs() - dataplane.beganNs()) / 1_000_000_000L;
    }

    private <T> T read(final Supplier<T> reading) throws RefusedException {
        memory.readLock().lock();
        try {
            if (closed) {
                throw new RefusedException("the router is ending");
            }
            return reading.get();
        } finally {
            memory.readLock().unlock();
        }
    }

    /** Waits until nobody reads any more. Who is being answered was cut off before. */
    @Override
    public void close() {
        memory.writeLock().lock();
        closed = true;
        memory.writeLock().unlock();
    }

    @Override
    public void sessions(final SessionFilter filter, final SessionVisitor visitor) throws RefusedException {
        read(() -> {
            visitSessions(visitor);
            return null;
        });
    }

    private void visitSessions(final SessionVisitor visitor) {
        final SessionReader reader = worker.nat().reader();
        final SessionRow row = new SessionRow();
        final int nowS = (int) (nowNs() / 1_000_000_000L);
        for (int session = 0; session < reader.capacity(); session++) {
            if (snapshot(reader, session, row) && !visitor.onSession(describe(row, nowS))) {
                return;
            }
        }
    }

    /** A session that changes just now is read again; one that ends is left out. */
    private static boolean snapshot(final SessionReader reader, final int session, final SessionRow row) {
        for (int i = 0; i < SNAPSHOT_TRIES && reader.lastSeenWord(session) != 0; i++) {
            if (reader.snapshot(session, row)) {
                return true;
            }
        }
        return false;
    }

    private LiveSession describe(final SessionRow row, final int nowS) {
        final int idleS = row.idleS(nowS);
        return new LiveSession(
                row.protocol(),
                name(row.state()),
                row.isFromOutside() ? "outside" : "inside",
                row.isHairpin(),
                row.insideAddress(),
                row.insidePort(),
                row.outsideAddress(),
                row.outsidePort(),
                row.remoteAddress(),
                row.remotePort(),
                row.bytesOut(),
                row.bytesIn(),
                idleS,
                Math.max(0, control.expiry().timeoutS(row.state(), destinationPort(row)) - idleS));
    }

    /** The port that the session's opener sent to. */
    private static int destinationPort(final SessionRow row) {
        return row.isFromOutside() ? row.outsidePort() : row.remotePort();
    }

    /** What the operator reads: the protocol stands beside it, so TCP's states need no prefix. */
    private static String name(final SessionState state) {
        return switch (state) {
            case UDP, ICMP, OTHER -> "active";
            case TCP_OPENING -> "opening";
            case TCP_ESTABLISHED -> "established";
            case TCP_CLOSING -> "closing";
            case TCP_CLOSED -> "closed";
            case UDP_INCOMING, TCP_INCOMING, INCOMING -> "incoming";
            case FREE -> "free";
        };
    }

    @Override
    public List<String> sessionStates() {
        return Arrays.stream(SessionState.values())
                .filter(state -> state != SessionState.FREE)
                .map(RouterState::name)
                .distinct()
                .toList();
    }

    @Override
    public StatsRow stats() throws RefusedException {
        final List<StatsRow.Arp> arp = fromControl(control.neighbors()::counts, List.of());
        return read(() -> readStats(arp));
    }

    /** What is to be seen also of a router whose control stands still. */
    private <T> T fromControl(final Supplier<T> question, final T otherwise) {
        try {
            return control.questions().answer(question);
        } catch (final RefusedException e) {
            return otherwise;
        }
    }

    private StatsRow readStats(final List<StatsRow.Arp> arp) {
        final WorkerCounters counters = worker.counters();
        final long[] drops = new long[DropReason.COUNT];
        for (int code = 1; code < drops.length; code++) {
            drops[code] = counters.dropped(DropReason.ofCode(code));
        }
        return new StatsRow(
                config.router().name(),
                uptimeS(),
                frames(counters),
                drops,
                tables(),
                pool(),
                kernel(),
                latency.directions(),
                arp);
    }

    private List<StatsRow.Count> frames(final WorkerCounters counters) {
        return List.of(
                new StatsRow.Count("received", "received", counters.received()),
                new StatsRow.Count("sent", "sent", counters.sent()),
                new StatsRow.Count("consumed", "for the router itself", counters.consumedFrames()),
                new StatsRow.Count("held", "waiting for ARP or a device now", counters.heldFrames()),
                new StatsRow.Count("originated", "made by the router", counters.originatedFrames()),
                new StatsRow.Count("originated_lost", "made by the router, not sent", counters.originatedLostFrames()),
                new StatsRow.Count("resolve_lost", "ARP questions put off, ring busy", counters.resolvesLost()),
                new StatsRow.Count("tcp_out_of_window", "TCP segments outside their window", counters.tcpOutOfWindow()),
                new StatsRow.Count(
                        "unsolicited_syns", "SYNs from outside waiting now", counters.unsolicitedSynsWaiting()),
                new StatsRow.Count(
                        "unsolicited_syns_lost",
                        "SYNs from outside that found no room to wait",
                        counters.unsolicitedSynsLost()),
                new StatsRow.Count("stalls", "worker stalls over 1 ms", counters.stallCount()),
                new StatsRow.Count("longest_stall_ns", "longest stall, ns", counters.longestStall()),
                new StatsRow.Count("allocated_bytes", "heap bytes the worker ever took", allocatedBytes()));
    }

    /** The proof of "the hot path allocates nothing", always on: the JVM counts for each thread. */
    private long allocatedBytes() {
        final var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getThreadAllocatedBytes(workerThread.threadId());
    }

    private List<StatsRow.Count> tables() {
        final Nat nat = worker.nat();
        final RefusalLog refusals = control.refusals();
        return List.of(
                new StatsRow.Count("sessions", "sessions", nat.counts().sessions()),
                new StatsRow.Count(
                        "sessions_limit", "sessions at most", config.nat().maxSessions()),
                new StatsRow.Count(
                        "sessions_from_outside",
                        "sessions that outside hosts opened",
                        nat.counts().sessionsFromOutside()),
                new StatsRow.Count(
                        "sessions_from_outside_limit",
                        "sessions that they may open at most",
                        config.nat().limits().sessions()),
                new StatsRow.Count(
                        "sessions_reclaimed",
                        "closed TCP sessions ended early for a new one",
                        nat.counts().sessionsReclaimed()),
                new StatsRow.Count(
                        "sessions_refused_inside",
                        "sessions refused to inside hosts (last host: " + refusals.lastInside() + ")",
                        dropped(INSIDE_REFUSALS)),
                new StatsRow.Count(
                        "sessions_refused_outside",
                        "sessions refused to outside hosts (last host: " + refusals.lastRemote() + ")",
                        dropped(OUTSIDE_REFUSALS)),
                new StatsRow.Count(
                        "hosts",
                        "inside hosts with a port in use or resting",
                        nat.counts().hosts()),
                new StatsRow.Count(
                        "hosts_limit", "inside hosts at most", nat.counts().hostCapacity()),
                new StatsRow.Count("mappings", "mappings", nat.counts().mappings()),
                new StatsRow.Count(
                        "mappings_limit", "mappings at most", config.nat().maxSessions()),
                new StatsRow.Count(
                        "mappings_elsewhere",
                        "mappings made on another address than the host's, which was full",
                        nat.counts().mappingsElsewhere()),
                new StatsRow.Count(
                        "ports_in_use", "outside ports in use", nat.counts().portsInUse()),
                new StatsRow.Count(
                        "ports_resting", "outside ports resting", nat.counts().portsResting()),
                new StatsRow.Count(
                        "ports_reclaimed",
                        "outside ports taken before their rest was over",
                        nat.counts().portsReclaimed()),
                new StatsRow.Count(
                        "pressure_warnings",
                        "warnings that something fills up (now: "
                                + control.pressure().now() + ")",
                        control.pressure().warnings()),
                new StatsRow.Count(
                        "opening_timer_s",
                        "seconds that TCP has to open now",
                        control.opening().openingS()),
                new StatsRow.Count(
                        "opening_timer_shortened",
                        "times that it shortened because the table filled up",
                        control.opening().times()));
    }

    private List<StatsRow.Outside> pool() {
        final PoolCounts counts = worker.nat().pool();
        final OutsideAddresses addresses =
                dataplane.policies().exchange().observe().addresses();
        final List<StatsRow.Outside> pool = new ArrayList<>();
        for (int number = 0; number < addresses.numbers(); number++) {
            if (addresses.isTaken(number)) {
                pool.add(new StatsRow.Outside(
                        addresses.address(number),
                        ports(counts, number, Ipv4.UDP),
                        ports(counts, number, Ipv4.TCP),
                        ports(counts, number, Ipv4.ICMP)));
            }
        }
        return pool;
    }

    private static StatsRow.Ports ports(final PoolCounts counts, final int number, final int protocol) {
        return new StatsRow.Ports(
                counts.inUse(number, protocol), counts.resting(number, protocol), PoolCounts.capacity(protocol));
    }

    private long dropped(final List<DropReason> reasons) {
        return reasons.stream().mapToLong(worker.counters()::dropped).sum();
    }

    private List<StatsRow.Count> kernel() {
        final List<StatsRow.Count> counts = new ArrayList<>();
        for (final Link link : dataplane.links()) {
            final String name = link.config().name();
            counts.add(new StatsRow.Count(name + "_ring_lost", name + ": lost, receive ring full", link.kernelLost()));
            counts.add(new StatsRow.Count(name + "_link_downs", name + ": link went down", link.linkDowns()));
            counts.add(new StatsRow.Count(name + "_reopened", name + ": device opened again", link.reopened()));
        }
        return counts;
    }

    @Override
    public LatencyRow latency() throws RefusedException {
        return read(() -> latency.row(uptimeS()));
    }

    @Override
    public List<InterfaceRow> interfaces() throws RefusedException {
        final List<int[]> neighbors = fromControl(control.neighbors()::sizes, List.of());
        return read(() -> dataplane.links().stream()
                .map(link -> describe(link, neighbors.isEmpty() ? UNKNOWN : neighbors.get(link.port())))
                .toList());
    }

    private InterfaceRow describe(final Link link, final int... neighbors) {
        final Config.Interface on = link.config();
        final PortCounters counters = worker.port(link.port()).counters();
        final boolean outside = on.role() == Config.Role.OUTSIDE;
        return new InterfaceRow(
                on.name(),
                on.device(),
                on.role().name().toLowerCase(Locale.ROOT),
                on.address(),
                on.subnet().prefixLength(),
                link.device().mac(),
                link.device().mtu(),
                link.isUp(),
                on.driver().text(),
                outside ? Config.word(on.behavior().mapping()) : "",
                outside ? Config.word(on.behavior().filtering()) : "",
                neighbors[0],
                neighbors[1],
                counters.receivedFrames(),
                counters.receivedBytes(),
                counters.sentFrames(),
                counters.sentBytes(),
                link.kernelLost(),
                counters.ringFullFrames(),
                link.kernelUse());
    }

    @Override
    public List<ArpRow> arp() throws RefusedException {
        return control.questions().answer(control.neighbors()::rows);
    }

    @Override
    public NeighborEditor neighbors() {
        return control.editor();
    }

    @Override
    public Optional<HistoryQuery> history() {
        return Optional.ofNullable(history).map(History::query);
    }
}
