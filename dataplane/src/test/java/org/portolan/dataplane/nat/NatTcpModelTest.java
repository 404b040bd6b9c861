package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Tcp;

/**
 * Random TCP of two uplinks and two forwards against plain maps: who is refused, and for what, who ends before the
 * timer (only who has closed and is quiet), which address a flow has, and that every count comes back to 0.
 */
class NatTcpModelTest {
    private static final int STEPS = 40_000;
    private static final int QUIET_S = 2;

    private static final int SERVER = TestPacket.ip("192.168.1.80");
    private static final int[] FIRST_POOL = {TestRouter.OUTSIDE, TestPacket.ip("203.0.113.3")};
    private static final int[] SECOND_POOL = {TestPacket.ip("198.51.100.2")};

    /** One connection as its inside end sees it; {@code forward} is its number, or -1. */
    private record Flow(int inside, int insidePort, int remote, int remotePort, int forward) {
        int egress() {
            return forward >= 0 ? forward : remote & 1;
        }
    }

    private static final class Entry {
        private int session;
        private boolean closed;
        private int usedS;
    }

    private final Map<Flow, Entry> entries = new HashMap<>();
    private final List<Flow> live = new ArrayList<>();
    private final Map<DropReason, Integer> refused = new EnumMap<>(DropReason.class);
    private TestRouter router;
    private OutsideLimits limits;
    private long reclaimed;

    @ParameterizedTest
    @CsvSource({
        // sessions, mappings; limits: outside, forward, remote, reserve
        "400, 400, 100, 60, 20, 40",
        "400, 400, 400, 400, 400, 390",
        "400, 120, 200, 20, 200, 0",
        "60, 60, 30, 20, 4, 0",
    })
    void shouldAgreeWithAModel(
            final int maxSessions,
            final int maxMappings,
            final int outside,
            final int forward,
            final int remote,
            final int reserve) {
        limits = new OutsideLimits(outside, forward, remote, reserve);
        final Random random = new Random(maxMappings + outside);
        router = new TestRouter(TestConfig.of(maxSessions, TestRouter.OUTSIDE)
                .withPools(new PolicyTerms.Pool(0, FIRST_POOL), new PolicyTerms.Pool(1, SECOND_POOL))
                .mappings(maxMappings)
                .limits(limits)
                .forwards(
                        new PolicyTerms.Forward(0, Ipv4.TCP, FIRST_POOL[0], 8080, SERVER, 80),
                        new PolicyTerms.Forward(1, Ipv4.TCP, SECOND_POOL[0], 8080, SERVER, 81)));
        try (TestRouter closing = router) {
            assertThat(closing.nat.counts().sessions()).isZero();
            for (int step = 0; step < STEPS; step++) {
                act(random, step / 4000 % 2 == 0);
                router.nowS += random.nextInt(10) == 0 ? 1 : 0;
            }
            assertThat(router.nat.counts().sessions()).isEqualTo(entries.size());
            while (!live.isEmpty()) {
                end(live.removeLast());
            }
            assertThat(router.nat.counts().sessions()).isZero();
            assertThat(router.nat.counts().sessionsFromOutside()).isZero();
            assertThat(router.nat.counts().mappings()).isZero();
        }
        assertThat(reclaimed).isPositive();
        assertThat(refused).isNotEmpty();
    }

    private void act(final Random random, final boolean growing) {
        final int what = random.nextInt(20);
        if (live.isEmpty() || what < (growing ? 9 : 4)) {
            open(anyFlow(random));
        } else if (what < 17) {
            final Flow flow = live.get(random.nextInt(live.size()));
            if (random.nextInt(3) == 0) {
                close(flow);
            } else {
                use(flow, random.nextBoolean());
            }
        } else {
            end(live.remove(random.nextInt(live.size())));
        }
    }

    private static Flow anyFlow(final Random random) {
        final int remote = TestRouter.REMOTE + random.nextInt(8);
        final int port = 1 + random.nextInt(60);
        return random.nextInt(3) == 0
                ? forwarded(random.nextInt(2), remote, port)
                : new Flow(TestRouter.HOST + random.nextInt(30), 900 + random.nextInt(200), remote, port, -1);
    }

    private static Flow forwarded(final int forward, final int remote, final int port) {
        return new Flow(SERVER, 80 + forward, remote, port, forward);
    }

    private int out(final Flow flow, final int flags, final int payload) {
        router.packet.tcp(flow.inside, flow.insidePort, flow.remote, flow.remotePort, flags, payload);
        router.egress = flow.egress();
        return router.outbound();
    }

    private int in(final Flow flow, final int session, final int flags, final int payload) {
        router.packet.tcp(
                flow.remote,
                flow.remotePort,
                session < 0
                        ? flow.forward == 0 ? FIRST_POOL[0] : SECOND_POOL[0]
                        : router.nat.reader().outsideAddress(session),
                session < 0 ? 8080 : router.nat.reader().outsidePort(session),
                flags,
                payload);
        return router.inbound();
    }

    private void open(final Flow flow) {
        final boolean known = entries.containsKey(flow);
        final DropReason expected = known ? DropReason.NONE : expectedLimit(flow);
        final int session = flow.forward >= 0 ? in(flow, -1, Tcp.SYN, 0) : out(flow, Tcp.SYN, 0);
        forgetReclaimed();
        if (session < 0) {
            final DropReason reason = TestRouter.reason(session);
            refused.merge(reason, 1, Integer::sum);
            assertThat(known).as("%s refused: %s", flow, reason).isFalse();
            checkRefusal(flow, reason, expected);
            return;
        }
        final Entry entry = entries.computeIfAbsent(flow, ignored -> {
            live.add(flow);
            return new Entry();
        });
        entry.session = session;
        entry.closed = false;
        entry.usedS = router.nowS;
        final int[] addresses = flow.egress() == 0 ? FIRST_POOL : SECOND_POOL;
        assertThat(addresses)
                .as("an address of the egress")
                .contains(router.nat.reader().outsideAddress(session));
        checkLimits();
        checkOutsides();
    }

    /** What the limits say before anybody gives way. */
    private DropReason expectedLimit(final Flow flow) {
        if (flow.forward < 0) {
            return DropReason.NONE;
        }
        final int free = router.nat.reader().capacity() - entries.size();
        if (free == 0) {
            return DropReason.SESSIONS_FULL;
        }
        if (count(each -> each.forward >= 0 && each.remote == flow.remote) >= limits.remoteSessions()) {
            return DropReason.REMOTE_SESSIONS_FULL;
        }
        if (count(each -> each.forward == flow.forward) >= limits.forwardSessions()) {
            return DropReason.FORWARD_SESSIONS_FULL;
        }
        if (count(each -> each.forward >= 0) >= limits.sessions()) {
            return DropReason.OUTSIDE_SESSIONS_FULL;
        }
        return free <= limits.insideReserve() ? DropReason.SESSIONS_RESERVED : DropReason.NONE;
    }

    private boolean wouldAdmitInPlaceOf(final Flow other, final Flow flow) {
        final Entry entry = entries.remove(other);
        live.remove(other);
        final boolean admitted = expectedLimit(flow) == DropReason.NONE;
        entries.put(other, entry);
        live.add(other);
        return admitted;
    }

    private long count(final Predicate<Flow> which) {
        return live.stream().filter(which).count();
    }

    private void checkRefusal(final Flow flow, final DropReason reason, final DropReason expected) {
        if (flow.forward >= 0) {
            assertThat(reason).isEqualTo(expected);
            assertThat(expectedLimit(flow)).as("nobody ended in vain").isEqualTo(expected);
            final List<Flow> quiet = quietClosed().stream()
                    .filter(each -> each.forward == flow.forward)
                    .toList();
            if (quiet.size() <= SessionLife.RECLAIMS_FOR_EACH_NEW) {
                assertThat(quiet).as("who could have given way").noneMatch(each -> wouldAdmitInPlaceOf(each, flow));
            }
        } else if (reason == DropReason.SESSIONS_FULL) {
            assertThat(entries).hasSize(router.nat.reader().capacity());
            assertThat(quietClosed()).as("somebody could have given way").isEmpty();
        } else {
            assertThat(reason).isEqualTo(DropReason.MAPPINGS_FULL);
            assertThat(router.nat.counts().portsResting()).isZero();
        }
    }

    private Set<Flow> quietClosed() {
        final Set<Flow> quiet = new HashSet<>();
        entries.forEach((flow, entry) -> {
            if (entry.closed && router.nowS - entry.usedS >= QUIET_S) {
                quiet.add(flow);
            }
        });
        return quiet;
    }

    /** Whoever is gone had closed and was quiet, and is counted. */
    private void forgetReclaimed() {
        final int gone = (int) (router.nat.counts().sessionsReclaimed() - reclaimed);
        if (gone == 0) {
            return;
        }
        final List<Flow> before =
                quietClosed().stream().filter(flow -> !exists(flow)).toList();
        assertThat(before).hasSize(gone);
        before.forEach(flow -> {
            entries.remove(flow);
            live.remove(flow);
        });
        reclaimed += gone;
    }

    private boolean exists(final Flow flow) {
        final TestPacket packet = router.packet;
        packet.tcp(flow.inside, flow.insidePort, flow.remote, flow.remotePort, Tcp.ACK, 0);
        return router.nat.find(packet.parsed(), 0, router.nat.hash(packet.parsed(), 0)) >= 0;
    }

    private void checkLimits() {
        final long fromOutside = count(flow -> flow.forward >= 0);
        assertThat(router.nat.counts().sessionsFromOutside()).isEqualTo((int) fromOutside);
        assertThat(fromOutside).isLessThanOrEqualTo(limits.sessions());
    }

    /** One outside endpoint for each inside endpoint and egress, and no two inside endpoints on one. */
    private void checkOutsides() {
        if (live.size() % 16 != 0) {
            return;
        }
        final Map<List<Integer>, List<Integer>> outsides = new HashMap<>();
        entries.forEach((flow, entry) -> {
            final List<Integer> inside = List.of(flow.inside, flow.insidePort, flow.egress());
            final List<Integer> outside = List.of(
                    router.nat.reader().outsideAddress(entry.session),
                    router.nat.reader().outsidePort(entry.session));
            assertThat(outsides.getOrDefault(inside, outside)).isEqualTo(outside);
            outsides.put(inside, outside);
        });
        assertThat(new HashSet<>(outsides.values())).hasSameSizeAs(outsides.keySet());
    }

    private void close(final Flow flow) {
        final Entry entry = entries.get(flow);
        assertThat(out(flow, Tcp.FIN | Tcp.ACK, 0)).isEqualTo(entry.session);
        assertThat(in(flow, entry.session, Tcp.FIN | Tcp.ACK, 0)).isEqualTo(entry.session);
        entry.closed = true;
        entry.usedS = router.nowS;
        assertThat(router.nat.reader().state(entry.session)).isEqualTo(SessionState.TCP_CLOSED);
    }

    /** Data one way; a closed connection with data is none. */
    private void use(final Flow flow, final boolean outbound) {
        final Entry entry = entries.get(flow);
        final int flags = Tcp.ACK | Tcp.PSH;
        assertThat(outbound ? out(flow, flags, 50) : in(flow, entry.session, flags, 50))
                .isEqualTo(entry.session);
        entry.closed = false;
        entry.usedS = router.nowS;
        assertThat(router.nat.reader().state(entry.session)).isNotEqualTo(SessionState.TCP_CLOSED);
    }

    private void end(final Flow flow) {
        assertThat(router.expire(entries.remove(flow).session)).isTrue();
    }
}
