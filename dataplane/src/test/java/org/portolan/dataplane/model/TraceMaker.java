package org.portolan.dataplane.model;

import static org.portolan.dataplane.model.SpecProtocol.ICMP;
import static org.portolan.dataplane.model.SpecProtocol.TCP;
import static org.portolan.dataplane.model.SpecProtocol.UDP;
import static org.portolan.dataplane.model.SpecProtocol.ofAddress;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.portolan.dataplane.policy.PolicyTerms;

/**
 * Makes a trace from a seed: hosts that open flows and speak on them as their protocols do, mostly, and everything else
 * that a router meets. It knows nothing of the router's answers, so a seed always gives the same actions.
 */
final class TraceMaker {
    private static final int MOST_FLOWS = 250;
    private static final int[] REMOTES = {
        ofAddress("8.8.8.8"), ofAddress("8.8.8.9"), ofAddress("9.9.9.9"), ofAddress("100.1.1.1"),
    };
    private static final int[] DSL_REMOTES = {ofAddress("200.1.1.1"), ofAddress("200.1.1.2")};
    private static final int[] ODD_REMOTES = {
        TraceNetwork.EXEMPT_REMOTE,
        ofAddress("70.1.1.1"),
        ofAddress("10.9.0.12"),
        ofAddress("10.9.0.99"),
        ofAddress("192.168.1.33"),
        ofAddress("203.0.113.77"),
        TraceNetwork.POOL,
        TraceNetwork.WAN_ADDRESS,
        TraceNetwork.SECOND_POOL,
        ofAddress("192.168.1.1"),
        ofAddress("10.9.0.1"),
        ofAddress("10.9.0.255"),
        ofAddress("224.0.0.1"),
        ofAddress("255.255.255.255"),
        ofAddress("169.254.3.3"),
        ofAddress("127.0.0.1"),
    };
    private static final int[] FORGED = {
        ofAddress("192.168.1.10"),
        ofAddress("10.20.0.7"),
        ofAddress("169.254.1.1"),
        ofAddress("127.0.0.1"),
        ofAddress("0.1.2.3"),
        ofAddress("240.0.0.1"),
        ofAddress("224.0.0.9"),
        ofAddress("203.0.113.255"),
        TraceNetwork.WAN_ADDRESS,
        TraceNetwork.POOL,
        TraceNetwork.DSL_POOL,
        ofAddress("10.9.0.1"),
        ofAddress("172.16.0.1"),
        TraceNetwork.EXEMPT_REMOTE,
    };
    private static final int[] OTHER = {
        SpecProtocol.GRE, SpecProtocol.GRE, SpecProtocol.ESP, SpecProtocol.AUTHENTICATION,
    };
    private static final int[] SERVICES = {53, 80, 123, 443};
    private static final int[] MTUS = {1500, 1500, 1492, 1280, 576};
    private static final int SYN = SpecTcp.SYN;
    private static final int ACK = SpecTcp.ACK;
    private static final int FIN = SpecTcp.FIN;
    private static final int RST = SpecTcp.RST;

    /** A flow that somebody has opened, as far as the maker knows. */
    private static final class Flow {
        int protocol;
        int nearPort;
        int near;
        int insidePort;
        int far;
        int farPort;
        int egress;

        /** The forward that an outside host uses, or null. */
        PolicyTerms.Forward forward;

        /** The forward that an inside host uses, or null. */
        PolicyTerms.Forward hairpin;

        /** The port of either forward that is meant: one of its own, or just beside them. */
        int outsidePort;

        int stage;
        int sequence;
    }

    private final SplittableRandom random;
    private final TraceProfile profile;
    private final List<Flow> flows = new ArrayList<>();
    private final List<PolicyTerms.Forward> forwards = new ArrayList<>();
    private final int policies;

    TraceMaker(final TraceProfile profile, final long seed) {
        this.profile = profile;
        random = new SplittableRandom(seed);
        final List<SpecTerms> all = TraceNetwork.policies(profile);
        policies = all.size();
        all.forEach(terms -> forwards.addAll(terms.forwards()));
    }

    TraceAction next() {
        final TraceProfile.Weights weights = profile.weights;
        int pick = random.nextInt(weights.sum());
        if ((pick -= weights.flow()) < 0) {
            return unusual(flow());
        }
        if ((pick -= weights.stray()) < 0) {
            return stray();
        }
        if ((pick -= weights.error()) < 0) {
            return error();
        }
        if ((pick -= weights.time()) < 0) {
            return time();
        }
        if ((pick -= weights.flood()) < 0) {
            return flood();
        }
        if ((pick -= weights.neighbor()) < 0) {
            return neighbor();
        }
        return pick - weights.link() < 0 ? link() : TraceAction.policy(random.nextInt(policies));
    }

    private boolean chance(final int percent) {
        return random.nextInt(100) < percent;
    }

    private int of(final int... values) {
        return values[random.nextInt(values.length)];
    }

    private static TraceAction.Verb in(final Flow flow) {
        return flow.forward == null ? TraceAction.Verb.IN : TraceAction.Verb.TO;
    }

    // ---- flows

    private TraceAction flow() {
        if (flows.isEmpty() || chance(25)) {
            return open();
        }
        final Flow flow = flows.get(random.nextInt(flows.size()));
        return switch (flow.protocol) {
            case UDP -> data(flow, chance(50), 0);
            case TCP -> segment(flow);
            case ICMP -> {
                final boolean isQuery = chance(50);
                final boolean isOutbound = isQuery == (flow.forward == null);
                yield data(flow, isOutbound, isQuery ? query(flow) : reply(flow));
            }
            default -> data(flow, chance(50), 0);
        };
    }

    private int query(final Flow flow) {
        return flow.stage == 0 ? SpecIcmp.ECHO : SpecIcmp.TIMESTAMP;
    }

    private int reply(final Flow flow) {
        return flow.stage == 0 ? SpecIcmp.ECHO_REPLY : SpecIcmp.TIMESTAMP_REPLY;
    }

    private TraceAction open() {
        final Flow flow = new Flow();
        if (chance(25)) {
            onForward(flow);
        } else {
            fromInside(flow);
        }
        flow.sequence = random.nextInt();
        if (flows.size() < MOST_FLOWS) {
            flows.add(flow);
        } else {
            flows.set(random.nextInt(flows.size()), flow);
        }
        return switch (flow.protocol) {
            case UDP -> data(flow, flow.forward == null, 0);
            case TCP -> segment(flow);
            case ICMP -> data(flow, flow.forward == null, query(flow));
            default -> data(flow, flow.forward == null, 0);
        };
    }

    private void fromInside(final Flow flow) {
        flow.protocol = chance(5) ? of(OTHER) : of(UDP, UDP, TCP, TCP, TCP, ICMP);
        inside(flow);
        flow.insidePort = insidePort();
        final boolean isDsl = chance(20);
        flow.far = isDsl ? of(DSL_REMOTES) : chance(10) ? of(ODD_REMOTES) : of(REMOTES);
        flow.egress = isDsl ? TraceNetwork.DSL : TraceNetwork.WAN;
        flow.farPort = flow.protocol == ICMP ? 0 : chance(30) ? 2000 + random.nextInt(10) : of(SERVICES);
        flow.stage = flow.protocol == ICMP && chance(20) ? 1 : 0;
        if (chance(10)) {
            hairpin(flow);
        }
    }

    /** To a forward of wan from inside. */
    private void hairpin(final Flow flow) {
        final PolicyTerms.Forward forward = forwards.get(random.nextInt(forwards.size()));
        if (forward.egress() == TraceNetwork.WAN) {
            flow.hairpin = forward;
            pick(flow, forward);
            flow.far = forward.externalAddress();
            flow.farPort = flow.protocol == ICMP ? 0 : flow.outsidePort;
            flow.egress = TraceNetwork.WAN;
            flow.stage = 0;
        }
    }

    private void inside(final Flow flow) {
        final int pick = random.nextInt(10);
        flow.nearPort = pick < 2 ? TraceNetwork.DMZ : TraceNetwork.LAN;
        flow.near = pick < 2
                ? TraceNetwork.DMZ_SERVER + random.nextInt(8)
                : pick < 4 ? TraceNetwork.ROUTED_HOST + random.nextInt(3) : TraceNetwork.SERVER + random.nextInt(12);
    }

    private int insidePort() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> 4000 + random.nextInt(12);
            case 4 -> of(53, 80, 22, 123, 500);
            case 5 -> 1 + random.nextInt(1023);
            default -> 1024 + random.nextInt(64_000);
        };
    }

    private void onForward(final Flow flow) {
        flow.forward = forwards.get(random.nextInt(forwards.size()));
        pick(flow, flow.forward);
        flow.near = flow.forward.internalAddress();
        flow.nearPort = behind(flow.near);
        flow.insidePort = insidePort(flow.forward, flow.outsidePort);
        flow.egress = flow.forward.egress();
        flow.far = flow.egress == TraceNetwork.DSL ? of(DSL_REMOTES) : of(REMOTES);
        flow.farPort = flow.protocol == ICMP ? 0 : 2000 + random.nextInt(20);
        flow.stage = flow.protocol == ICMP && chance(20) ? 1 : 0;
    }

    private static int behind(final int address) {
        return address >>> 8 == TraceNetwork.DMZ_SERVER >>> 8 ? TraceNetwork.DMZ : TraceNetwork.LAN;
    }

    /** The protocol and port of a forward: any of a whole address; of a range often the first, the last or beside it. */
    private void pick(final Flow flow, final PolicyTerms.Forward forward) {
        final int first = forward.externalPort();
        if (forward.protocol() == SpecProtocol.EVERY) {
            flow.protocol = chance(15) ? of(OTHER) : of(UDP, TCP, TCP, ICMP);
            flow.outsidePort = insidePort();
        } else {
            flow.protocol = forward.protocol();
            flow.outsidePort = forward.ports() == 1
                    ? first
                    : of(first, first + forward.ports() - 1, first - 1, first + random.nextInt(forward.ports() + 1));
        }
    }

    private static int insidePort(final PolicyTerms.Forward forward, final int outsidePort) {
        return forward.internalPort() + outsidePort - forward.externalPort();
    }

    private TraceAction data(final Flow flow, final boolean outbound, final int flags) {
        return packet(flow, outbound, flags, random.nextInt(), 0, random.nextInt(60));
    }

    private TraceAction packet(
            final Flow flow,
            final boolean outbound,
            final int flags,
            final int sequence,
            final int acknowledgment,
            final int length) {
        if (!outbound && flow.hairpin != null) {
            return back(flow, flags, sequence, acknowledgment, length);
        }
        final boolean isForward = !outbound && flow.forward != null;
        return new TraceAction(
                outbound ? TraceAction.Verb.OUT : in(flow),
                outbound ? flow.nearPort : flow.egress,
                flow.protocol,
                isForward ? flow.forward.externalAddress() : flow.near,
                isForward ? flow.outsidePort : flow.insidePort,
                flow.far,
                flow.farPort,
                flags,
                sequence,
                acknowledgment,
                length,
                0,
                TraceMangle.NONE,
                0);
    }

    private static TraceAction back(
            final Flow flow, final int flags, final int sequence, final int acknowledgment, final int length) {
        final int server = flow.hairpin.internalAddress();
        return new TraceAction(
                TraceAction.Verb.BACK,
                behind(server),
                flow.protocol,
                flow.near,
                flow.insidePort,
                server,
                insidePort(flow.hairpin, flow.outsidePort),
                flags,
                sequence,
                acknowledgment,
                length,
                0,
                TraceMangle.NONE,
                0);
    }

    /** The next segment of a connection: mostly what TCP would send, sometimes anything. */
    private TraceAction segment(final Flow flow) {
        final boolean client = flow.forward == null;
        if (chance(7)) {
            final int flags = of(SYN, SYN | ACK, ACK, FIN | ACK, RST, RST | ACK, ACK | 0x20);
            return packet(flow, chance(50), flags, random.nextInt(), random.nextInt(), random.nextInt(20));
        }
        final boolean stays = chance(15);
        final int stage = flow.stage;
        flow.stage = stays ? stage : stage + 1;
        final int ours = flow.sequence;
        final int theirs = ~flow.sequence;
        return switch (stage) {
            case 0 -> packet(flow, client, SYN, ours, 0, 0);
            case 1 -> packet(flow, !client, SYN | ACK, theirs, ours + 1, 0);
            case 2 -> packet(flow, client, ACK, ours + 1, theirs + 1 + (chance(20) ? random.nextInt() : 0), 0);
            case 3, 4, 5 -> {
                flow.stage = chance(70) ? 3 : flow.stage;
                final boolean outbound = chance(50);
                final boolean isClient = outbound == client;
                yield packet(
                        flow,
                        outbound,
                        ACK | 8,
                        isClient ? ours + 1 : theirs + 1,
                        isClient ? theirs + 1 : ours + 1,
                        random.nextInt(40));
            }
            case 6 -> packet(flow, chance(50) == client, FIN | ACK, ours + 1, theirs + 1, 0);
            case 7 -> packet(flow, chance(50) == client, chance(20) ? RST : FIN | ACK, theirs + 1, ours + 2, 0);
            case 8 -> packet(flow, client, ACK, ours + 2, theirs + 2, chance(10) ? 5 : 0);
            default -> {
                flow.stage = chance(30) ? 0 : 9;
                flow.sequence = random.nextInt();
                yield packet(flow, chance(50), FIN | ACK, ours, theirs, 0);
            }
        };
    }

    // ---- what is wrong or unusual

    private TraceAction unusual(final TraceAction action) {
        return switch (random.nextInt(40)) {
            case 0 -> action.withTtl(1 + random.nextInt(2));
            case 1 -> action.withLength(of(1000, 1340));
            case 2 ->
                action.withLength(of(1352, 1372, 1460, 1464, 1472, 1473, 1500)).withMangle(TraceMangle.DONT_FRAGMENT);
            case 3 -> action.withMangle(TraceMangle.NO_UDP_CHECKSUM);
            case 4 -> action.withMangle(TraceMangle.TRANSPORT_CHECKSUM);
            case 5 -> action.withMangle(TraceMangle.OPTIONS);
            case 6 -> action.withMangle(chance(50) ? TraceMangle.MSS : TraceMangle.ODD_MSS);
            case 7 -> action.withMangle(TraceMangle.TRAILER);
            default -> action;
        };
    }

    private TraceAction stray() {
        final TraceMangle[] mangles = TraceMangle.values();
        return switch (random.nextInt(5)) {
            case 0 -> flow().withMangle(mangles[random.nextInt(mangles.length)]);
            case 1 -> toAnything(of(REMOTES));
            case 2 -> toAnything(of(FORGED));
            case 3 -> toRouter();
            default -> {
                final TraceAction action = flow();
                yield new TraceAction(
                        TraceAction.Verb.OUT,
                        chance(50) ? TraceNetwork.LAN : TraceNetwork.DMZ,
                        action.protocol(),
                        chance(40) ? of(FORGED) : action.near(),
                        action.nearPort(),
                        chance(50) ? of(ODD_REMOTES) : action.far(),
                        action.farPort(),
                        action.flags(),
                        action.sequence(),
                        action.acknowledgment(),
                        action.length(),
                        0,
                        TraceMangle.NONE,
                        0);
            }
        };
    }

    /** From outside, to what may be an outside address, a forward, an inside host or nobody. */
    private TraceAction toAnything(final int source) {
        final PolicyTerms.Forward forward = forwards.get(random.nextInt(forwards.size()));
        final int protocol = chance(10) ? of(OTHER) : of(UDP, TCP, ICMP);
        final int address = chance(60)
                ? forward.externalAddress()
                : of(
                        TraceNetwork.POOL,
                        TraceNetwork.SECOND_POOL,
                        TraceNetwork.THIRD_POOL,
                        TraceNetwork.DSL_POOL,
                        TraceNetwork.WHOLE,
                        TraceNetwork.DSL_WHOLE,
                        TraceNetwork.SERVER,
                        TraceNetwork.WAN_ADDRESS,
                        ofAddress("203.0.113.99"),
                        ofAddress("10.9.0.1"));
        final int flags = protocol == TCP
                ? of(SYN, SYN, SYN, SYN, ACK, ACK, SYN | ACK, RST, FIN | ACK, SYN | FIN)
                : of(8, 0, 13, 5);
        return new TraceAction(
                TraceAction.Verb.TO,
                chance(70) ? TraceNetwork.WAN : TraceNetwork.DSL,
                protocol,
                address,
                chance(60) ? forward.externalPort() + random.nextInt(forward.ports()) : insidePort(),
                source,
                1 + random.nextInt(65_535),
                flags,
                random.nextInt(),
                random.nextInt(),
                random.nextInt(30),
                chance(5) ? 1 : 0,
                chance(10) ? TraceMangle.TRANSPORT_CHECKSUM : TraceMangle.NONE,
                0);
    }

    private TraceAction toRouter() {
        final Flow flow = new Flow();
        inside(flow);
        return new TraceAction(
                TraceAction.Verb.OUT,
                flow.nearPort,
                chance(10) ? of(OTHER) : of(UDP, TCP, ICMP),
                flow.near,
                insidePort(),
                of(ofAddress("192.168.1.1"), ofAddress("10.9.0.1"), TraceNetwork.WAN_ADDRESS, TraceNetwork.DSL_POOL),
                of(SERVICES),
                of(8, 8, 2, 16, 0, 13),
                random.nextInt(),
                0,
                random.nextInt(30),
                0,
                TraceMangle.NONE,
                0);
    }

    private TraceAction error() {
        final TraceMangle[] mangles = TraceMangle.values();
        final int first = TraceMangle.QUOTE_CHECKSUM.ordinal();
        final TraceMangle mangle = switch (random.nextInt(6)) {
            case 0, 1, 2 -> TraceMangle.NONE;
            case 3 -> of(0, 1) == 0 ? TraceMangle.TRANSPORT_CHECKSUM : TraceMangle.NO_UDP_CHECKSUM;
            default -> mangles[first + random.nextInt(mangles.length - first)];
        };
        final TraceAction about = flow();
        final boolean isOutbound = chance(40);
        final Flow flow = flows.get(random.nextInt(flows.size()));
        final int kind = of(3 << 8 | 3, 3 << 8 | 4, 3 << 8 | 1, 11 << 8, 12 << 8, 3 << 8 | 13);
        final int from = isOutbound
                ? chance(80) ? 0 : of(TraceNetwork.INSIDE_ROUTER, TraceNetwork.ROUTED_HOST, of(FORGED))
                : chance(50) ? 0 : chance(70) ? ofAddress("8.1.2.3") : of(FORGED);
        return new TraceAction(
                isOutbound ? TraceAction.Verb.ERROR_OUT : TraceAction.Verb.ERROR_IN,
                isOutbound ? flow.nearPort : flow.egress,
                flow.protocol,
                flow.near,
                flow.insidePort,
                flow.far,
                flow.farPort,
                kind,
                random.nextInt(),
                from,
                about.length() % 600,
                chance(4) ? 1 : 0,
                mangle,
                0);
    }

    // ---- the rest

    private TraceAction time() {
        final int pick = random.nextInt(100);
        final int ms = pick < 60
                ? 500 + random.nextInt(2_500)
                : pick < 88
                        ? 5_000 + random.nextInt(65_000)
                        : pick < 98 ? 100_000 + random.nextInt(220_000) : 7_500_000;
        return TraceAction.time(ms);
    }

    private TraceAction flood() {
        if (chance(35)) {
            return fan();
        }
        final TraceAction like = chance(50) ? open() : chance(50) ? toAnything(of(REMOTES)) : toRouter();
        final boolean isOwn = like.verb() == TraceAction.Verb.OUT;
        return new TraceAction(
                isOwn ? TraceAction.Verb.OUT : TraceAction.Verb.TO,
                like.port(),
                like.protocol(),
                like.near(),
                isOwn ? 20_000 + random.nextInt(40_000) : like.nearPort(),
                like.far(),
                like.protocol() == ICMP || isOwn ? like.farPort() : 20_000 + random.nextInt(40_000),
                like.flags(),
                like.sequence(),
                like.acknowledgment(),
                like.length(),
                like.ttl(),
                TraceMangle.NONE,
                5 + random.nextInt(59));
    }

    /** One endpoint, which may be a forward's, to many ports of a remote. */
    private TraceAction fan() {
        final Flow flow = new Flow();
        if (chance(50)) {
            onForward(flow);
        } else {
            fromInside(flow);
        }
        return new TraceAction(
                TraceAction.Verb.FAN,
                flow.nearPort,
                flow.protocol,
                flow.near,
                flow.insidePort,
                flow.far,
                1_000 + random.nextInt(60_000),
                flow.protocol == ICMP ? SpecIcmp.ECHO : SYN,
                random.nextInt(),
                0,
                0,
                0,
                TraceMangle.NONE,
                5 + random.nextInt(59));
    }

    private TraceAction neighbor() {
        final int state = of(0, 1, 2, 2, 2, 2, 2);
        return switch (random.nextInt(6)) {
            case 0 -> TraceAction.neighbor(TraceNetwork.WAN, TraceNetwork.WAN_GATEWAY, state);
            case 1 -> TraceAction.neighbor(TraceNetwork.DSL, TraceNetwork.DSL_GATEWAY, state);
            case 2 -> TraceAction.neighbor(TraceNetwork.LAN, TraceNetwork.SERVER, state);
            case 3 -> TraceAction.neighbor(TraceNetwork.LAN, TraceNetwork.INSIDE_ROUTER, state);
            default -> TraceAction.neighbor(TraceNetwork.DMZ, TraceNetwork.DMZ_SERVER + random.nextInt(3), state);
        };
    }

    private TraceAction link() {
        return TraceAction.link(random.nextInt(4), chance(85), of(MTUS));
    }
}
