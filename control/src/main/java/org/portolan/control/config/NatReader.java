package org.portolan.control.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.portolan.control.config.Config.Answers;
import org.portolan.control.config.Config.Forward;
import org.portolan.control.config.Config.Nat;
import org.portolan.control.config.Config.NoResources;
import org.portolan.control.config.Config.Static;
import org.portolan.control.config.Config.UnmatchedTcp;
import org.portolan.control.config.Config.UnsolicitedSyn;
import org.portolan.dataplane.nat.FragmentLimits;
import org.portolan.dataplane.nat.WindowCheck;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OtherProtocols;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.Switches;
import org.portolan.dataplane.policy.Timeouts;

/** [nat], [nat.limits], [nat.timeouts], [nat.fragments], [[nat.forward]] and [[nat.static]]. */
final class NatReader {
    static final int LEAST_SESSIONS = 1_024;
    static final int MOST_SESSIONS = 16_777_216;
    static final int DEFAULT_SESSIONS = 1_048_576;
    /** 30 days, so that a deadline fits an int of seconds for as long as a machine stays up. */
    static final int LONGEST_TIMEOUT_S = 2_592_000;

    private final Section nat;
    private final Topology topology;

    static final int DEFAULT_INCOMING_S = 10;

    /** Every UDP port, TCP port and ICMP identifier of the address that an inside host has. */
    static final int MOST_HOST_PORTS = 196_608;

    static final int MOST_HOST_RATE = 1_000_000;

    /** RFC 4787 REQ-5. */
    private static final int LEAST_UDP_S = 120;

    private static final int LAST_WELL_KNOWN_PORT = 1_023;
    private static final int HIGHEST_PORT = 65_535;

    /** UDP ports with a time of their own. */
    private static final int MOST_UDP_PORTS = 64;

    /** A host that opened nothing for this long may open as many sessions at once as its rate allows in it. */
    static final int HOST_BURST_S = 10;

    NatReader(final Section nat, final Topology topology) {
        this.nat = nat;
        this.topology = topology;
    }

    Nat read() {
        final int maxSessions = nat.integer("max_sessions", LEAST_SESSIONS, MOST_SESSIONS, DEFAULT_SESSIONS);
        final int mark = nat.mark();
        final PoolReader poolReader = new PoolReader(nat, topology);
        final List<AddressRange> pool = poolReader.read();
        final boolean poolComplete = nat.isSoundSince(mark);
        final Section limited = nat.table("limits");
        final OutsideLimits limits = limits(limited, maxSessions);
        final HostLimits hostLimits = hostLimits(limited, maxSessions);
        limited.finish();
        final Timeouts timeouts = timeouts(nat.table("timeouts"));
        final FragmentLimits fragments = new FragmentsReader(nat.table("fragments")).read();
        final StaticsReader staticsReader = new StaticsReader(nat, topology, poolReader, pool);
        final List<Static> statics = staticsReader.read();
        final List<Forward> forwards = new ForwardsReader(nat, topology, pool, poolComplete, staticsReader).read();
        final List<Subnet> exempt = new ExemptReader(nat, topology).read();
        final Answers answers = answers();
        final Switches switches = switches();
        nat.finish();
        return new Nat(
                pool,
                maxSessions,
                limits,
                hostLimits,
                timeouts,
                fragments,
                forwards,
                statics,
                exempt,
                answers,
                switches);
    }

    private Switches switches() {
        final String pairing = nat.choice("pairing", "strict", List.of("strict", "another-address"), List.of());
        return new Switches(
                pairing.equals("another-address"),
                nat.bool("port_parity", false),
                nat.bool("inbound_refresh", true),
                OtherProtocols.valueOf(
                        nat.choice("other_protocols", "dynamic", List.of("dynamic", "static", "drop"), List.of())
                                .toUpperCase(Locale.ROOT)));
    }

    private Answers answers() {
        final String full =
                nat.choice("no_resources", "host-unreachable", List.of("host-unreachable", "prohibited"), List.of());
        final String tcp = nat.choice("unmatched_tcp", "drop", List.of("drop", "reset"), List.of());
        final String syn = nat.choice("unsolicited_syn", "silent", List.of("silent", "unreachable"), List.of());
        final String window = nat.choice("tcp_window", "count", List.of("off", "count", "drop"), List.of());
        return new Answers(
                full.equals("prohibited") ? NoResources.PROHIBITED : NoResources.HOST_UNREACHABLE,
                tcp.equals("reset") ? UnmatchedTcp.RESET : UnmatchedTcp.DROP,
                syn.equals("unreachable") ? UnsolicitedSyn.UNREACHABLE : UnsolicitedSyn.SILENT,
                WindowCheck.valueOf(window.toUpperCase(Locale.ROOT)));
    }

    private static OutsideLimits limits(final Section section, final int maxSessions) {
        final OutsideLimits byDefault = OutsideLimits.defaults(maxSessions);
        final OutsideLimits read = new OutsideLimits(
                section.integer("outside_sessions", 1, MOST_SESSIONS, byDefault.sessions()),
                section.integer("forward_sessions", 1, MOST_SESSIONS, byDefault.forwardSessions()),
                section.integer("remote_sessions", 1, MOST_SESSIONS, byDefault.remoteSessions()),
                section.integer("inside_reserve", 0, MOST_SESSIONS, byDefault.insideReserve()));
        compare(section, read, maxSessions);
        return read;
    }

    /** What each number allows by itself and the size of the table does not. */
    private static void compare(final Section section, final OutsideLimits limits, final int maxSessions) {
        if (limits.insideReserve() >= maxSessions) {
            section.problem(
                    "inside_reserve",
                    "leaves outside hosts none of the %d of nat.max_sessions: no forward would work"
                            .formatted(maxSessions),
                    Key.range(0, maxSessions - 1));
        }
        if (limits.sessions() > maxSessions) {
            section.notice("outside_sessions", "limits nothing: nat.max_sessions is %d".formatted(maxSessions));
        }
    }

    private static HostLimits hostLimits(final Section section, final int maxSessions) {
        final int sessions =
                section.integer("host_sessions", 1, MOST_SESSIONS, HostLimits.defaultSessions(maxSessions));
        final int ports = section.integer("host_ports", 1, MOST_HOST_PORTS, HostLimits.UNLIMITED);
        final int rate = section.integer("host_rate", 1, MOST_HOST_RATE, HostLimits.UNLIMITED);
        final int burst = rate == HostLimits.UNLIMITED ? rate : rate * HOST_BURST_S;
        if (sessions > maxSessions) {
            section.notice("host_sessions", "limits nothing: nat.max_sessions is %d".formatted(maxSessions));
        }
        return new HostLimits(sessions, ports, rate, burst);
    }

    private static Timeouts timeouts(final Section section) {
        final Timeouts read = new Timeouts(
                timeoutS(section, "udp", 300, 120, "RFC 4787 REQ-5"),
                timeoutS(section, "tcp_opening", 240, 240, "RFC 5382 REQ-5"),
                timeoutS(section, "tcp_established", 7_440, 7_440, "RFC 5382 REQ-5"),
                timeoutS(section, "tcp_closing", 240, 240, "RFC 5382 REQ-5"),
                timeoutS(section, "icmp", 60, 60, "RFC 5508 REQ-2"),
                timeoutS(section, "port_rest", 120, 120, "RFC 6888 REQ-8"),
                section.integer("incoming", 1, LONGEST_TIMEOUT_S, DEFAULT_INCOMING_S),
                section.integer("opening_floor", 1, LONGEST_TIMEOUT_S, Timeouts.DEFAULT_OPENING_FLOOR_S),
                udpPortsS(section.table("udp_ports")),
                section.integer("other", 1, LONGEST_TIMEOUT_S, Timeouts.DEFAULT_OTHER_S));
        section.finish();
        return read;
    }

    /** Times of UDP sessions by their destination port; RFC 4787 allows shorter ones for well-known ports alone. */
    private static Map<Integer, Integer> udpPortsS(final Section section) {
        final Map<Integer, Integer> read =
                section.numbered(ConfigTable.ANY_PORT, 1, HIGHEST_PORT, 1, LONGEST_TIMEOUT_S);
        section.finish();
        if (read.size() > MOST_UDP_PORTS) {
            section.problems()
                    .error(
                            section.position(),
                            section.path(),
                            "",
                            "has %d ports".formatted(read.size()),
                            "at most " + MOST_UDP_PORTS);
        }
        read.forEach((port, seconds) -> {
            if (port > LAST_WELL_KNOWN_PORT && seconds < LEAST_UDP_S) {
                section.notice(
                        String.valueOf(port),
                        "shorter than the %d s of RFC 4787 REQ-5, which REQ-5a allows for ports up to %d"
                                .formatted(LEAST_UDP_S, LAST_WELL_KNOWN_PORT));
            }
        });
        return read;
    }

    /** A time shorter than its RFC wants is accepted with a notice: it is the operator's network. */
    private static int timeoutS(
            final Section section, final String key, final int byDefaultS, final int requiredS, final String rfc) {
        final int timeoutS = section.integer(key, 1, LONGEST_TIMEOUT_S, byDefaultS);
        if (timeoutS < requiredS) {
            section.notice(key, "shorter than the %d s of %s".formatted(requiredS, rfc));
        }
        return timeoutS;
    }
}
