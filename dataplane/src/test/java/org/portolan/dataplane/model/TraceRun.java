package org.portolan.dataplane.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.ToIntFunction;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.nat.MappingView;
import org.portolan.dataplane.nat.NatCounts;
import org.portolan.dataplane.nat.SessionReader;
import org.portolan.dataplane.nat.SessionRow;
import org.portolan.dataplane.policy.PolicyTerms;

/**
 * One trace through the router and the specification, step by step. After each step every frame that left, every
 * counter and every table size has to agree; after each jump in time every session.
 */
final class TraceRun implements SpecChoices, AutoCloseable {
    private static final long STEP_NS = 25_000_000L;
    private static final long START_NS = 1_000_000_000_000L;
    private static final long MS = 1_000_000L;
    private static final DropReason[] REASONS = DropReason.values();

    private final TraceFault fault;
    private final List<SpecTerms> policies;
    private final SpecRouter model;
    private final TraceRouter router;
    private final SessionRow row = new SessionRow();
    private long nowNs = START_NS;
    private long steps;

    TraceRun(final TraceProfile profile, final long seed) {
        this(profile, seed, TraceFault.NONE);
    }

    /** @param fault that is put between the router and the comparison, to see that it is found */
    TraceRun(final TraceProfile profile, final long seed, final TraceFault fault) {
        this.fault = fault;
        policies = TraceNetwork.policies(profile);
        final List<SpecPort> ports = TraceNetwork.ports();
        final SpecSettings settings = profile.settings();
        model = new SpecRouter(ports, profile.sizes, settings, fault.terms(policies.getFirst()), this);
        router = new TraceRouter(ports, profile.sizes, settings, policies.getFirst(), seed);
        for (final SpecPort port : ports) {
            for (final int address : TraceNetwork.neighbors(port.index)) {
                neighbor(port, address, TraceNetwork.HOST_MAC);
            }
        }
        time(0);
    }

    /** The specification's side, for tests that count what a trace has reached. */
    SpecRouter model() {
        return model;
    }

    /** @throws SpecMismatch when the two do not agree */
    void step(final TraceAction action) {
        steps++;
        model.departures.clear();
        router.ports.forEach(port -> port.sent.clear());
        time(action.verb() == TraceAction.Verb.TIME ? action.length() * MS : STEP_NS);
        switch (action.verb()) {
            case NEIGHBOR -> {
                final Long[] macs = {null, SpecPort.FAILED, TraceNetwork.HOST_MAC};
                neighbor(model.ports.get(action.port()), action.near(), macs[action.flags()]);
            }
            case LINK -> {
                final SpecPort port = model.ports.get(action.port());
                port.isUp = action.flags() != 0;
                port.mtu = action.length();
                router.link(port);
            }
            default -> {}
        }
        final int port = action.port();
        final List<byte[]> frames = frames(action);
        final int batch = isRoomFor(frames.size()) ? frames.size() : 1;
        for (int from = 0; from == 0 || from < frames.size(); from += Math.max(1, batch)) {
            final List<byte[]> together = frames.subList(from, Math.min(frames.size(), from + batch));
            together.forEach(router.ports.get(port)::arrive);
            router.run();
            model.poll();
            together.forEach(frame -> model.arrive(port, frame));
        }
        if (action.verb() == TraceAction.Verb.POLICY) {
            model.adopt(fault.terms(policies.get(action.flags() % policies.size())));
            router.adopt(policies.get(action.flags() % policies.size()));
        }
        if (action.verb() == TraceAction.Verb.TIME) {
            sessions();
        }
        compare();
    }

    /**
     * Whether no frame of so many in one batch could make anything give way: of two that give way in a batch nobody
     * could tell which went first.
     */
    private boolean isRoomFor(final int frames) {
        final SpecTables tables = model.tables;
        return tables.closed.isEmpty()
                && tables.sessions() + frames <= tables.sizes.sessions()
                && tables.dynamicMappings + frames <= tables.sizes.mappings()
                && tables.dynamicHosts + frames <= tables.sizes.hosts();
    }

    private void time(final long more) {
        nowNs += more;
        router.time(nowNs);
        model.time(nowNs);
    }

    private void neighbor(final SpecPort port, final int address, final Long mac) {
        router.neighbor(port.index, address, mac);
        if (mac == null) {
            port.neighbors.remove(address);
        } else {
            port.neighbors.put(address, mac);
        }
    }

    // ---- frames

    private List<byte[]> frames(final TraceAction action) {
        final List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < Math.max(1, action.count()); i++) {
            final byte[] frame = frame(action, i);
            if (frame != null) {
                frames.add(frame);
            }
        }
        return frames;
    }

    private byte[] frame(final TraceAction action, final int number) {
        final int protocol = action.protocol();
        final SpecPort port = model.ports.get(action.port());
        final SpecEndpoint near = endpoint(protocol, action.near(), action.nearPort());
        final SpecEndpoint far = endpoint(protocol, action.far(), action.farPort());
        return switch (action.verb()) {
            case OUT -> {
                final SpecEndpoint each = endpoint(protocol, near.address(), near.port() + number & 0xFFFF);
                yield packet(action, port, flow(each, far));
            }
            case FAN -> {
                final SpecEndpoint each = endpoint(protocol, far.address(), far.port() + number & 0xFFFF);
                yield packet(action, port, flow(near, each));
            }
            case BACK -> packet(action, port, flow(far, outsideOf(near, far, TraceNetwork.WAN)));
            case IN -> packet(action, port, flow(far, outsideOf(near, far, action.port())));
            case TO -> {
                final SpecEndpoint each = endpoint(protocol, far.address() + number / 4, far.port() + number & 0xFFFF);
                yield packet(action, port, flow(each, near));
            }
            case ERROR_IN -> error(action, port, flow(outsideOf(near, far, action.port()), far));
            case ERROR_OUT -> error(action, port, flow(far, near));
            default -> null;
        };
    }

    /** A protocol without ports has the port 0. */
    private static SpecEndpoint endpoint(final int protocol, final int address, final int port) {
        return new SpecEndpoint(protocol, address, SpecProtocol.hasPorts(protocol) ? port : 0);
    }

    /** The identifier of a query is that of the near end, on either side. */
    private static SpecFlow flow(final SpecEndpoint from, final SpecEndpoint to) {
        return new SpecFlow(from.protocol(), from.address(), from.port(), to.address(), to.port());
    }

    private byte[] packet(final TraceAction action, final SpecPort port, final SpecFlow flow) {
        final boolean isOutbound = action.verb() == TraceAction.Verb.OUT || action.verb() == TraceAction.Verb.FAN;
        final int identifier = !isOutbound ? flow.destinationPort() : flow.sourcePort();
        final SpecFlow sent = flow.protocol() == SpecProtocol.ICMP
                ? new SpecFlow(flow.protocol(), flow.source(), identifier, flow.destination(), identifier)
                : flow;
        return TraceFrames.frame(port, TraceFrames.packet(action, sent), action.mangle());
    }

    private byte[] error(final TraceAction action, final SpecPort port, final SpecFlow quoted) {
        final int source = action.acknowledgment() != 0 ? action.acknowledgment() : quoted.destination();
        final int identifier =
                action.verb() == TraceAction.Verb.ERROR_IN ? quoted.sourcePort() : quoted.destinationPort();
        final SpecFlow sent = quoted.protocol() == SpecProtocol.ICMP
                ? new SpecFlow(quoted.protocol(), quoted.source(), identifier, quoted.destination(), identifier)
                : quoted;
        return TraceFrames.frame(port, TraceFrames.error(action, source, sent), action.mangle());
    }

    /** The outside endpoint that an inside one has towards a remote, or a guess. */
    private SpecEndpoint outsideOf(final SpecEndpoint near, final SpecEndpoint far, final int egress) {
        final int remotePort = near.protocol() == SpecProtocol.ICMP ? near.port() : far.port();
        final SpecSession session = model.tables.fromInside.get(
                new SpecFlow(near.protocol(), near.address(), near.port(), far.address(), remotePort));
        if (session != null) {
            return session.outside;
        }
        final PolicyTerms.Forward forward = model.terms.forwardTo(near, egress);
        if (forward != null) {
            return SpecTerms.outsideOf(forward, near);
        }
        for (final SpecMapping mapping : model.tables.dynamicOf(near, egress)) {
            return mapping.outside;
        }
        return new SpecEndpoint(
                near.protocol(), egress == TraceNetwork.WAN ? TraceNetwork.POOL : TraceNetwork.DSL_POOL, near.port());
    }

    // ---- comparing

    private void compare() {
        for (final SpecPort port : model.ports) {
            final List<byte[]> expected = new ArrayList<>(model.departures.size());
            for (final SpecRouter.Departure departure : model.departures) {
                if (departure.port() == port.index) {
                    expected.add(departure.frame());
                }
            }
            compareFrames(port.index, expected, fault.sent(port.index, steps, router.ports.get(port.index).sent));
        }
        same("received", model.counts.received, router.counters.received());
        for (final DropReason reason : REASONS) {
            if (reason != DropReason.NONE) {
                same("dropped " + reason, model.counts.dropped(reason), router.counters.dropped(reason));
            }
        }
        same("sent", model.counts.sent, router.counters.sent());
        same("consumed", model.counts.consumed, router.counters.consumedFrames());
        same("held", model.waiting(), router.counters.heldFrames());
        same("originated", model.counts.originated, router.counters.originatedFrames());
        same("originated, lost", model.counts.originatedLost, router.counters.originatedLostFrames());
        final NatCounts counts = router.counts();
        final SpecTables tables = model.tables;
        same("sessions", tables.sessions(), counts.sessions());
        same("sessions from outside", tables.outsideSessions, counts.sessionsFromOutside());
        same("mappings", tables.liveMappings(), counts.mappings());
        same("resting ports", tables.resting.size(), counts.portsResting());
        same("hosts", tables.dynamicHosts, counts.hosts());
        same("ports reclaimed", tables.portsReclaimed, counts.portsReclaimed());
        same("sessions reclaimed", tables.sessionsReclaimed, counts.sessionsReclaimed());
    }

    private static void same(final String what, final long expected, final long actual) {
        if (expected != actual) {
            throw new SpecMismatch(what + ": expected " + expected + ", is " + actual);
        }
    }

    private static void compareFrames(final int port, final List<byte[]> expected, final List<byte[]> actual) {
        for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
            final byte[] wanted = i < expected.size() ? expected.get(i) : null;
            final byte[] is = i < actual.size() ? actual.get(i) : null;
            if (!Arrays.equals(wanted, is)) {
                throw new SpecMismatch("frame %d by port %d%n  expected %s%n  is       %s%s"
                        .formatted(i, port, hex(wanted), hex(is), difference(wanted, is)));
            }
        }
    }

    private static String hex(final byte[] frame) {
        return frame == null ? "none" : HexFormat.of().formatHex(frame);
    }

    private static String difference(final byte[] wanted, final byte[] is) {
        if (wanted == null || is == null) {
            return "";
        }
        final int at = Arrays.mismatch(wanted, is);
        return "%n  they differ from byte %d of the frame on, byte %d of the packet".formatted(at, at - 14);
    }

    /** Control's scan: each session is as the model has it, ends if its time is over, and does not otherwise. */
    private void sessions() {
        final SessionReader reader = router.nat.reader();
        int found = 0;
        for (int session = 0; session < reader.capacity(); session++) {
            if (reader.lastSeenWord(session) == 0) {
                continue;
            }
            found++;
            if (!reader.snapshot(session, row)) {
                throw new SpecMismatch("session " + session + " is not whole");
            }
            final SpecSession expected = model.tables.fromInside.get(insideFlow(row));
            compareSession(expected);
            final int nowS = model.nowS();
            final int generation = row.generation();
            final int word = reader.lastSeenWord(session);
            if (router.nat.expire(session, generation + 2, word, nowS)) {
                throw new SpecMismatch("ended for an old generation: " + expected);
            }
            if (model.isOver(expected)) {
                model.expire(expected);
                if (!router.nat.expire(session, generation, word, nowS)) {
                    throw new SpecMismatch("did not end: " + expected);
                }
            }
            compareMapping(expected.mapping);
        }
        if (found > 0 && steps % 16 == 0) {
            model.tables.resting.forEach(this::compareMapping);
        }
    }

    private static SpecFlow insideFlow(final SessionRow row) {
        final int remotePort = row.protocol() == SpecProtocol.ICMP ? row.insidePort() : row.remotePort();
        return new SpecFlow(row.protocol(), row.insideAddress(), row.insidePort(), row.remoteAddress(), remotePort);
    }

    private void compareSession(final SpecSession expected) {
        final boolean isSame = expected != null
                && expected.outside.address() == row.outsideAddress()
                && expected.outside.port() == row.outsidePort()
                && expected.remote.port() == row.remotePort()
                && expected.fromOutside == row.isFromOutside()
                && expected.state.name().equals(row.state().name())
                && model.nowS() - expected.lastSeenS == row.idleS(model.nowS())
                && expected.bytesOut == row.bytesOut()
                && expected.bytesIn == row.bytesIn();
        if (!isSame) {
            throw new SpecMismatch("a session%n  expected %s%n  is       %s".formatted(expected, describe(row)));
        }
    }

    private String describe(final SessionRow session) {
        return "%s:%d = %s:%d > %s:%d %s%s, last seen at %d s, %d bytes out, %d bytes in"
                .formatted(
                        SpecProtocol.address(session.insideAddress()),
                        session.insidePort(),
                        SpecProtocol.address(session.outsideAddress()),
                        session.outsidePort(),
                        SpecProtocol.address(session.remoteAddress()),
                        session.remotePort(),
                        session.state(),
                        session.isFromOutside() ? " from outside" : "",
                        model.nowS() - session.idleS(model.nowS()),
                        session.bytesOut(),
                        session.bytesIn());
    }

    private void compareMapping(final SpecMapping expected) {
        if (expected.isShared) {
            // No look-up leads to one.
            return;
        }
        final MappingView.Row is = view(expected);
        final boolean isHeld = model.tables.holders.get(expected.outside) == expected;
        final boolean isSame = isHeld == isAt(expected, is)
                && (!isHeld
                        || is.sessions() == expected.sessions
                                && is.isStatic() == expected.isStatic
                                && is.restsSinceS() == expected.restsSinceS);
        if (!isSame) {
            throw new SpecMismatch("a mapping%n  expected %s%n  is       %s".formatted(isHeld ? expected : null, is));
        }
    }

    private MappingView.Row view(final SpecMapping mapping) {
        final SpecEndpoint outside = mapping.outside;
        return router.mappings.at(outside.protocol(), outside.address(), outside.port());
    }

    private static boolean isAt(final SpecMapping mapping, final MappingView.Row row) {
        return row != null
                && row.insideAddress() == mapping.inside.address()
                && row.insidePort() == mapping.inside.port();
    }

    // ---- what the router chose

    /** The frame that the router sends by a port where the model is about to send its next one; null for none. */
    private byte[] next(final int port) {
        int before = 0;
        for (final SpecRouter.Departure departure : model.departures) {
            before += departure.port() == port ? 1 : 0;
        }
        final List<byte[]> sent = router.ports.get(port).sent;
        return before < sent.size() ? sent.get(before) : null;
    }

    @Override
    public SpecMapping used(final List<SpecMapping> candidates) {
        for (final SpecMapping mapping : candidates) {
            final MappingView.Row is = view(mapping);
            if (isAt(mapping, is) && is.sessions() > mapping.sessions) {
                return mapping;
            }
        }
        return candidates.getFirst();
    }

    @Override
    public SpecEndpoint newEndpoint(final SpecFlow flow, final int egress) {
        final boolean isShared = model.terms.sharesPorts(egress) && SpecProtocol.hasPorts(flow.protocol());
        final SessionReader reader = router.nat.reader();
        for (int session = 0; session < reader.capacity(); session++) {
            if (reader.lastSeenWord(session) != 0
                    && reader.snapshot(session, row)
                    && row.insidePort() == flow.sourcePort()
                    && row.insideAddress() == flow.source()
                    && row.protocol() == flow.protocol()
                    && model.terms.poolOf(row.outsideAddress()) == egress) {
                final SpecEndpoint outside = new SpecEndpoint(row.protocol(), row.outsideAddress(), row.outsidePort());
                if (isShared ? insideFlow(row).equals(flow) : !model.tables.holders.containsKey(outside)) {
                    return outside;
                }
            }
        }
        return null;
    }

    @Override
    public boolean hasAnswered(final int port, final byte[] frame) {
        if (!model.ports.get(port).isUp) {
            return router.counters.originatedLostFrames() > model.counts.originatedLost;
        }
        return Arrays.equals(frame, next(port));
    }

    @Override
    public SpecMapping endedRest(final List<SpecMapping> candidates) {
        final List<SpecMapping> ended = new ArrayList<>();
        for (final SpecMapping mapping : candidates) {
            final MappingView.Row is = view(mapping);
            if (!isAt(mapping, is) || is.restsSinceS() != mapping.restsSinceS) {
                ended.add(mapping);
            }
        }
        return first(ended.isEmpty() ? candidates : ended, mapping -> queue(mapping.outside));
    }

    @Override
    public SpecSession ended(final List<SpecSession> candidates) {
        final List<SpecSession> left = new ArrayList<>(candidates);
        final SessionReader reader = router.nat.reader();
        for (int session = 0; session < reader.capacity(); session++) {
            if (reader.lastSeenWord(session) != 0 && reader.snapshot(session, row)) {
                left.remove(model.tables.fromInside.get(insideFlow(row)));
            }
        }
        return first(
                left.isEmpty() ? candidates : left,
                session -> session.fromOutside ? Integer.MAX_VALUE : queue(session.outside));
    }

    /** Frames that have waited run in one cycle, so several may have ended: in the order of the router's queues. */
    private static <T> T first(final List<T> ended, final ToIntFunction<T> queue) {
        T first = ended.getFirst();
        for (final T each : ended) {
            first = queue.applyAsInt(each) < queue.applyAsInt(first) ? each : first;
        }
        return first;
    }

    private int queue(final SpecEndpoint outside) {
        return router.mappings.queue(outside.protocol(), outside.address(), outside.port());
    }

    @Override
    public List<SpecSession> inSweepOrder(final List<SpecSession> sessions) {
        final List<SpecSession> ordered = new ArrayList<>();
        final SessionReader reader = router.nat.reader();
        for (int session = 0; session < reader.capacity(); session++) {
            if (reader.lastSeenWord(session) != 0 && reader.snapshot(session, row)) {
                ordered.add(model.tables.fromInside.get(insideFlow(row)));
            }
        }
        if (ordered.size() != sessions.size() || ordered.contains(null)) {
            throw new SpecMismatch("before the policy changed, the sessions were others");
        }
        return ordered;
    }

    @Override
    public void close() {
        router.close();
    }
}
