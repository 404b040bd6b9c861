package org.portolan.control.config;

import static org.portolan.control.config.Key.LEAVE_OUT;
import static org.portolan.control.config.Key.REQUIRED;
import static org.portolan.control.config.Key.array;
import static org.portolan.control.config.Key.bool;
import static org.portolan.control.config.Key.choice;
import static org.portolan.control.config.Key.integer;
import static org.portolan.control.config.Key.planned;
import static org.portolan.control.config.Key.string;

import java.util.List;
import java.util.Optional;
import org.portolan.control.config.Key.Type;
import org.portolan.dataplane.nat.FragmentLimits;
import org.portolan.dataplane.policy.Timeouts;

/**
 * The one table of all sections and keys. A reader can only read what is declared here, and {@link Section#finish}
 * wants every declared key to have been read. The lists in error messages, the places where a key belongs, the keys
 * that are planned and the tables of docs/config.md are made from it.
 *
 * <p>A key that is only planned needs a line here and nothing else. Planned are the keys that the open points of
 * ROADMAP.md will bring and that people bring along from other routers.
 */
final class ConfigTable {
    /** Stands for a name that the operator chooses. */
    static final String ANY = "NAME";

    /** Stands for a port that the operator chooses. */
    static final String ANY_PORT = "PORT";

    private static final String ABSOLUTE = "absolute path";
    private static final String LABEL = "1 to 64 letters, digits, `.` `-` `_`, the first no `.`";

    /** In the order of docs/config.md. */
    static final List<SectionKeys> SECTIONS = List.of(
            file(),
            router(),
            interfaces(),
            routes(),
            neighbors(),
            arp(),
            nat(),
            limits(),
            timeouts(),
            udpPorts(),
            fragments(),
            forward(),
            statics(),
            io(),
            history(),
            peers(),
            latency(),
            control());

    private ConfigTable() {}

    /** The section of that path; empty when none is declared. */
    static Optional<SectionKeys> at(final String path) {
        return SECTIONS.stream().filter(each -> each.path().equals(path)).findFirst();
    }

    /** Whether there are sections below that path. */
    static boolean isParent(final String path) {
        return SECTIONS.stream().anyMatch(each -> each.path().startsWith(path + "."));
    }

    /** The names of the sections directly below a path; the file's own path is empty. */
    static List<String> below(final String path) {
        final String prefix = path.isEmpty() ? "" : path + ".";
        return SECTIONS.stream()
                .map(SectionKeys::path)
                .filter(each -> !each.isEmpty() && each.startsWith(prefix))
                .map(each -> each.substring(prefix.length()))
                .map(each -> each.indexOf('.') < 0 ? each : each.substring(0, each.indexOf('.')))
                .distinct()
                .toList();
    }

    private static SectionKeys file() {
        return SectionKeys.of(
                "",
                planned("metrics", "counters for Prometheus", LEAVE_OUT + " (portolan stats shows the counters)"),
                planned("tenants", "realms whose inside addresses overlap", "run one router for each"),
                planned("realms", "the same as `tenants`", "run one router for each"),
                planned("ipv6", "IPv6, NPTv6, NAT64", LEAVE_OUT),
                planned("pcp", "mappings that hosts ask for (PCP, NAT-PMP)", "write [[nat.forward]] for each"),
                planned("upnp", "mappings that hosts ask for by UPnP", "write [[nat.forward]] for each"),
                planned("dhcp", "a DHCP server for inside hosts", "run one beside the router"),
                planned("dns", "a DNS resolver for inside hosts", "run one beside the router"),
                planned("sync", "sessions shared by two routers", LEAVE_OUT));
    }

    private static SectionKeys router() {
        return SectionKeys.of(
                "[router]",
                string(
                        "name",
                        "who this router is; routers that share histories have different names",
                        "the host name",
                        LABEL),
                string(
                        "run",
                        "directory of the counters file and, by default, the socket; made if it is missing; belongs to"
                                + " `control.user` then. Others must not be able to write to it, nor to a directory"
                                + " above it (one with the sticky bit, as `/tmp`, is fine)",
                        "`/run/portolan`",
                        ABSOLUTE));
    }

    private static SectionKeys interfaces() {
        return SectionKeys.of(
                "[interfaces.NAME]",
                string(
                        "device",
                        "the kernel's name of the network device",
                        REQUIRED,
                        "1 to 15 characters without `/`, `:`, space; one interface a device"),
                choice(
                                "driver",
                                "how frames come and go: `af_packet` on any Ethernet device; `tap` at one end of a tap,"
                                        + " which the router makes if it is missing",
                                "af_packet",
                                "af_packet",
                                "tap")
                        .later("af_xdp"),
                choice("role", "side of the NAT", REQUIRED, "inside", "outside"),
                string(
                                "address",
                                "the router's own address there and the subnet",
                                REQUIRED,
                                "ADDRESS/PREFIX, /8 to /31; a host's address, neither the subnet's network nor its"
                                        + " broadcast address")
                        .later("dhcp", "auto", "pppoe"),
                string(
                        "segment",
                        "the wire's name, the same on every router that shares it",
                        "ROUTER.NAME",
                        LABEL + "; one interface a segment"),
                choice(
                                "mapping",
                                "of an outside interface: `nat.mapping` of what leaves by it",
                                "",
                                "endpoint-independent",
                                "address-and-port-dependent")
                        .defaultsTo("`nat.mapping`"),
                choice(
                                "filtering",
                                "of an outside interface: `nat.filtering` of what comes to its mappings",
                                "",
                                "endpoint-independent",
                                "address-dependent",
                                "address-and-port-dependent")
                        .defaultsTo("`nat.filtering`"),
                bool(
                        "icmp_errors",
                        "whether the router answers what came by this interface and goes no further with ICMP errors of"
                                + " its own (RFC 5508 REQ-9): time exceeded, too big, unreachable. Without them hosts"
                                + " there do not learn a smaller MTU, nor why a flow is refused",
                        true),
                planned("vlan", "802.1Q tag", "make a VLAN device with ip link and name it as device"),
                planned("mtu", "largest packet", "set it on the device: ip link set DEVICE mtu N"),
                planned("ipv6", "IPv6 address and prefix", LEAVE_OUT),
                planned("pool", "outside addresses of this interface alone", "write them into nat.pool"),
                planned("realm", "whose addresses these are", "run one router for each realm"),
                planned("tenant", "the same as `realm`", "run one router for each tenant"));
    }

    private static SectionKeys routes() {
        return SectionKeys.of(
                "[[routes]]",
                string(
                        "destination",
                        "which addresses",
                        REQUIRED,
                        "ADDRESS/PREFIX without bits beyond the prefix; each once; no connected subnet"),
                string("via", "next hop", REQUIRED, "address of another machine in an interface's subnet"),
                planned("realm", "whose route it is", "run one router for each realm"));
    }

    private static SectionKeys neighbors() {
        return SectionKeys.of(
                "[[neighbors]]",
                string("interface", "where the host is", REQUIRED, "the NAME of an interface"),
                string(
                        "address",
                        "",
                        REQUIRED,
                        "a host's address in that interface's subnet, not the router's own nor one of the pool; each"
                                + " once"),
                string(
                        "mac",
                        "",
                        REQUIRED,
                        "six octets such as `\"02:50:2a:16:6d:14\"`, not zero, unicast, not the device's own (seen at"
                                + " start)"));
    }

    private static SectionKeys arp() {
        return SectionKeys.of(
                "[arp]",
                integer(
                        "reachable",
                        "seconds that an answer is trusted before a neighbor in use is asked again",
                        Type.SECONDS,
                        ArpReader.LEAST_S,
                        ArpReader.LONGEST_REACHABLE_S,
                        ArpReader.DEFAULT_REACHABLE_S),
                integer(
                        "idle",
                        "seconds that a neighbor which nobody sends to is kept before it is asked; it is kept once more"
                                + " when it answers, and let go when it does not or the next time",
                        Type.SECONDS,
                        ArpReader.LEAST_S,
                        ArpReader.LONGEST_IDLE_S,
                        ArpReader.DEFAULT_IDLE_S),
                choice(
                        "contested",
                        "which of two hosts gets the packets when both answer for one address. `\"held\"`: the one that"
                                + " has it, so that nobody takes an address from a host that answers. `\"newest\"`: the"
                                + " one that announced it last, so that an owner gets its address back, but a forger"
                                + " does too; it changes hands at most once in 10 seconds. Either way the log names"
                                + " both, `portolan arp` marks the entry for ten minutes, and a static neighbor always"
                                + " wins",
                        "held",
                        "held",
                        "newest"));
    }

    private static SectionKeys nat() {
        return SectionKeys.of(
                "[nat]",
                choice(
                        "mapping",
                        "which outside port a flow gets. `\"endpoint-independent\"`: an inside endpoint has one for all"
                                + " its flows, which peer-to-peer applications need (RFC 4787 REQ-1)."
                                + " `\"address-and-port-dependent\"`: each remote endpoint may see another one, and one"
                                + " outside port serves many remote endpoints, so an address serves more flows than it"
                                + " has ports",
                        "endpoint-independent",
                        "endpoint-independent",
                        "address-and-port-dependent"),
                choice(
                        "filtering",
                        "who may send to an inside host's mapping from outside (RFC 4787 REQ-8)."
                                + " `\"endpoint-independent\"`: anybody, as long as the inside uses the mapping."
                                + " `\"address-dependent\"`: every port of an address that the mapping has a flow to."
                                + " `\"address-and-port-dependent\"`: the remote endpoints of its flows. The first two"
                                + " need endpoint-independent mapping; 24 bytes a session for the second",
                        "address-and-port-dependent",
                        "endpoint-independent",
                        "address-dependent",
                        "address-and-port-dependent"),
                array(
                        "pool",
                        "outside addresses",
                        Type.STRINGS,
                        "the addresses of the outside interfaces",
                        "`\"203.0.113.2\"`, `\"203.0.113.8-203.0.113.15\"`, `\"203.0.113.8/29\"`; hosts' addresses in"
                                + " an outside interface's subnet, no next hop, nothing routed inside, each once; at"
                                + " most 1,024 addresses"),
                integer(
                        "max_sessions",
                        "capacity of the session table; its memory is taken at start",
                        Type.INTEGER,
                        NatReader.LEAST_SESSIONS,
                        NatReader.MOST_SESSIONS,
                        NatReader.DEFAULT_SESSIONS),
                choice(
                        "no_resources",
                        "the answer to an inside host when its flow finds no free session, mapping or port: ICMP 3/1"
                                + " (RFC 6888 REQ-11), which TCP takes as passing, or 3/13 (RFC 5508 REQ-8), which TCP"
                                + " takes as final",
                        "host-unreachable",
                        "host-unreachable",
                        "prohibited"),
                choice(
                        "unmatched_tcp",
                        "what TCP from outside gets that belongs to no session, on addresses of the pool and of"
                                + " forwards: nothing, or a reset",
                        "drop",
                        "drop",
                        "reset"),
                choice(
                        "unsolicited_syn",
                        "what a SYN from outside gets whose port nothing is mapped to, after the 6 seconds in which"
                                + " the inside may open the same connection (RFC 5382 REQ-4): nothing, or ICMP port"
                                + " unreachable",
                        "silent",
                        "silent",
                        "unreachable"),
                choice(
                        "tcp_window",
                        "TCP segments outside the window of their connection: not looked for; counted, carried, and"
                                + " of no effect on the session; or dropped too, when they come from outside",
                        "count",
                        "off",
                        "count",
                        "drop"),
                array(
                        "exempt",
                        "outside networks to which nothing is translated (RFC 6888 REQ-6): inside hosts reach them"
                                + " under their own addresses, and are reached from there without any forward",
                        Type.STRINGS,
                        "none",
                        "`\"198.51.100.0/24\"`; no two overlap, at most 1,024"),
                choice(
                        "other_protocols",
                        "what is translated of protocols without ports (GRE, ESP, SCTP and all but UDP, TCP and ICMP)."
                                + " `\"dynamic\"`: what inside hosts open too, one inside host for each remote host and"
                                + " protocol, so that their tunnels work; nothing is let in by it. `\"static\"`: that of"
                                + " [[nat.static]] alone",
                        "dynamic",
                        "dynamic",
                        "static",
                        "drop"),
                choice(
                        "pairing",
                        "what happens when the outside address that a host has (RFC 6888 REQ-2) has no port left for a"
                                + " new flow of its, not one that rests nor one of a closed connection."
                                + " `\"strict\"`: the flow is refused. `\"another-address\"`: it gets a port of another"
                                + " address of the same interface's pool (RFC 7857 section 4); a host has at most"
                                + " three addresses at once. Where `mapping` is address-and-port-dependent, it is always"
                                + " strict",
                        "strict",
                        "strict",
                        "another-address"),
                bool(
                        "port_parity",
                        "whether a UDP port that has to be changed stays odd or even (RFC 4787 REQ-4) as long as such a"
                                + " port of its class is free",
                        false),
                bool(
                        "inbound_refresh",
                        "whether packets from outside restart their session's timer, as those from inside do (RFC 4787"
                                + " REQ-6a)",
                        true),
                planned("pools", "outside addresses by interface or inside subnet", "write one pool"),
                planned("ports", "which outside ports are used", LEAVE_OUT),
                planned("blocks", "outside ports in blocks, one host each", LEAVE_OUT));
    }

    private static SectionKeys limits() {
        return SectionKeys.of(
                "[nat.limits]",
                limit("outside_sessions", "sessions that all outside hosts together may have open", 1, " / 4"),
                limit("forward_sessions", "those on one forward", 1, " / 8"),
                limit("remote_sessions", "those of one remote address, on all forwards", 1, " / 32, at least 64"),
                limit("inside_reserve", "the last free sessions, which only inside hosts may open", 0, " / 16")
                        .but(", less than `max_sessions`"),
                limit("host_sessions", "sessions that one inside host may have open", 1, " / 2"),
                unlimited(
                        "host_ports",
                        "outside ports that one inside host may have, of UDP, TCP and ICMP together; one that rests"
                                + " counts",
                        NatReader.MOST_HOST_PORTS),
                unlimited(
                        "host_rate",
                        "new sessions a second of one inside host; what it leaves of the last 10 seconds it may open at"
                                + " once",
                        NatReader.MOST_HOST_RATE));
    }

    private static Key unlimited(final String name, final String meaning, final int most) {
        return new Key(name, Type.INTEGER, meaning, "no limit", List.of(), Key.range(1, most), List.of(), "");
    }

    /** A part of the session table, by default of the size that the file says. */
    private static Key limit(final String name, final String meaning, final int least, final String part) {
        final String allowed = least + " to " + NatReader.MOST_SESSIONS;
        return new Key(name, Type.INTEGER, meaning, "`max_sessions`" + part, List.of(), allowed, List.of(), "");
    }

    private static SectionKeys timeouts() {
        return SectionKeys.of(
                "[nat.timeouts]",
                timeout("udp", "a UDP session", 300, 120, "RFC 4787 REQ-5"),
                timeout("tcp_opening", "TCP before it is established", 240, 240, "RFC 5382 REQ-5"),
                timeout("tcp_established", "established TCP", 7_440, 7_440, "RFC 5382 REQ-5"),
                timeout(
                        "tcp_closing",
                        "TCP after FIN or RST; one that both sides closed ends earlier when its port or its place is needed",
                        240,
                        240,
                        "RFC 5382 REQ-5"),
                timeout("icmp", "an ICMP query", 60, 60, "RFC 5508 REQ-2"),
                integer(
                        "incoming",
                        "a session that an outside host opened on a rule or an open mapping, until the inside has answered"
                                + " (UDP and others) or the handshake is complete (TCP)",
                        Type.SECONDS,
                        1,
                        NatReader.LONGEST_TIMEOUT_S,
                        NatReader.DEFAULT_INCOMING_S),
                integer(
                        "opening_floor",
                        "what `tcp_opening` and `incoming` shorten to when the session table fills up: nothing at 80"
                                + " %, all the way at 95 %. A time that is shorter already stays",
                        Type.SECONDS,
                        1,
                        NatReader.LONGEST_TIMEOUT_S,
                        Timeouts.DEFAULT_OPENING_FLOOR_S),
                integer(
                        "other",
                        "a session of a protocol that is neither UDP, TCP nor ICMP",
                        Type.SECONDS,
                        1,
                        NatReader.LONGEST_TIMEOUT_S,
                        Timeouts.DEFAULT_OTHER_S),
                timeout("port_rest", "how long a freed port is not given again", 120, 120, "RFC 6888 REQ-8"));
    }

    private static SectionKeys fragments() {
        final FragmentLimits byDefault = FragmentLimits.DEFAULT;
        return SectionKeys.of(
                "[nat.fragments]",
                integer(
                        "datagrams",
                        "datagrams in fragments that are remembered at once; each takes 2 KiB, from the start",
                        Type.INTEGER,
                        FragmentLimits.LEAST_DATAGRAMS,
                        FragmentLimits.MOST_DATAGRAMS,
                        byDefault.datagrams()),
                integer(
                        "waiting",
                        "fragments that wait at once for the first one of their datagram, 2 seconds at most; each takes"
                                + " a frame of the largest MTU, from the start",
                        Type.INTEGER,
                        FragmentLimits.LEAST_WAITING,
                        FragmentLimits.MOST_WAITING,
                        byDefault.waiting()),
                integer(
                        "timeout",
                        "seconds that a datagram is remembered of which a fragment is missing",
                        Type.SECONDS,
                        1,
                        FragmentLimits.LONGEST_TIMEOUT_S,
                        byDefault.timeoutS()));
    }

    private static SectionKeys udpPorts() {
        return SectionKeys.of(
                "[nat.timeouts.udp_ports]",
                new Key(
                        ANY_PORT,
                        Type.SECONDS,
                        "a UDP session to this port, in place of `udp`",
                        "`udp`",
                        List.of(),
                        Key.range(1, NatReader.LONGEST_TIMEOUT_S)
                                + "; PORT is 1 to 65535, at most 64 of them; less than 120 for a port above 1023 (RFC"
                                + " 4787 REQ-5a) with a notice",
                        List.of(),
                        ""));
    }

    private static Key timeout(
            final String name, final String meaning, final int byDefaultS, final int requiredS, final String rfc) {
        return integer(name, meaning, Type.SECONDS, 1, NatReader.LONGEST_TIMEOUT_S, byDefaultS)
                .but("; less than %d (%s) with a notice".formatted(requiredS, rfc));
    }

    private static SectionKeys forward() {
        return SectionKeys.of(
                "[[nat.forward]]",
                choice("protocol", "", REQUIRED, "tcp", "udp"),
                string(
                        "external",
                        "what outside hosts connect to: a port, or a range of ports",
                        REQUIRED,
                        "ADDRESS:PORT or ADDRESS:FIRST-LAST, the address in the pool or an outside interface's, ports"
                                + " 1 to 65535; each once for a protocol"),
                string(
                        "internal",
                        "where it goes; without a port, to the same one",
                        REQUIRED,
                        "ADDRESS, ADDRESS:PORT or ADDRESS:FIRST-LAST, as many ports as `external`, of a host in an"
                                + " inside interface's subnet, or behind a route through one"),
                choice(
                        "direction",
                        "`\"inbound\"`: what the host opens itself from the port takes the pool instead, as if there"
                                + " were no forward",
                        "both",
                        "both",
                        "inbound"),
                planned("source", "which outside hosts may connect", LEAVE_OUT));
    }

    private static SectionKeys statics() {
        return SectionKeys.of(
                "[[nat.static]]",
                string(
                        "external",
                        "the outside address, or a subnet of them",
                        REQUIRED,
                        "`\"203.0.113.9\"` or `\"203.0.113.16/28\"`: in an outside interface's subnet, not its own, not"
                                + " in the pool and without forwards; all together at most 1,024 addresses"),
                string(
                        "internal",
                        "the inside host that has it, or a subnet of as many, in the same order; it may be the same"
                                + " address if a route leads to it through an inside interface",
                        REQUIRED,
                        "`\"192.168.1.9\"` or `\"10.0.0.16/28\"`: hosts in an inside interface's subnet, or behind a"
                                + " route through one"));
    }

    private static SectionKeys io() {
        return SectionKeys.of(
                "[io]",
                choice(
                                "driver",
                                "how frames come and go on an interface that names no driver",
                                "af_packet",
                                "af_packet")
                        .later("af_xdp"),
                integer("workers", "threads that forward", Type.INTEGER, 1, SettingsReader.WORKERS, 1)
                        .later(Key.range(SettingsReader.WORKERS + 1, SettingsReader.MOST_WORKERS)),
                choice(
                        "idle",
                        "what a worker does without frames: spin, spin less and less, or sleep in poll(2)",
                        "backoff",
                        "busy",
                        "backoff",
                        "park"),
                array(
                        "cpus",
                        "CPUs to pin the workers to",
                        Type.INTEGERS,
                        "`[]`, not pinned",
                        Key.range(0, SettingsReader.MOST_CPUS - 1)
                                + ", at most one for each worker; only CPUs that the process"
                                + " may use (its affinity mask): `run` refuses others, `check` has a notice for them"),
                planned("hugepages", "tables in huge pages", LEAVE_OUT));
    }

    private static SectionKeys history() {
        return SectionKeys.of(
                "[history]",
                string("path", "the git repository; made when it is not there", "no history", ABSOLUTE),
                string(
                        "serve",
                        "where it is offered to be read over git://, as `git://ADDRESS:PORT/state.git`,"
                                + " without a password: anyone who can reach that address can read it",
                        "not served",
                        "`\"127.0.0.1:9418\"`; `\"9418\"` is that too: without an address it is loopback, without a"
                                + " port 9418. An IPv4 address that this machine's kernel has"),
                integer("keep_days", "how long it is remembered", Type.DAYS, 1, 3_650, HistoryReader.DEFAULT_KEEP_DAYS),
                string(
                        "max_size",
                        "how large it may grow; beyond that the oldest part goes before `keep_days`",
                        "`\"1GiB\"`",
                        "`\"16MiB\"` to `\"1TiB\"`"));
    }

    private static SectionKeys peers() {
        return SectionKeys.of(
                "[[history.peers]]",
                string(
                        "name",
                        "what it is called here, in `refs/remotes/NAME/primary`",
                        REQUIRED,
                        "1 to 32 letters, digits, `-` `_`; each once; not this router's name"),
                string(
                        "url",
                        "its repository",
                        REQUIRED,
                        "`git://`, `http://` or `https://`, host, port, path; no user, no query. A directory (`file:`)"
                                + " is not a peer: it can change while it is read"),
                integer(
                        "every",
                        "seconds between two fetches",
                        Type.SECONDS,
                        HistoryReader.LEAST_EVERY_S,
                        HistoryReader.MOST_EVERY_S,
                        HistoryReader.DEFAULT_EVERY_S));
    }

    private static SectionKeys latency() {
        return SectionKeys.of(
                "[latency]",
                string(
                        "log",
                        "directory of the interval files; made if it is missing; belongs to `control.user` then. One"
                                + " of root's is given to that user if it is empty or holds interval files only",
                        "none: no files",
                        ABSOLUTE),
                string(
                        "file_size",
                        "when the open file is this large a new one is begun",
                        "`\"16MiB\"`",
                        "`\"64KiB\"` to `\"1GiB\"`"),
                integer(
                        "file_hours",
                        "or when it is this old",
                        Type.HOURS,
                        1,
                        LatencyReader.MOST_FILE_HOURS,
                        LatencyReader.DEFAULT_FILE_HOURS),
                integer(
                        "max_files",
                        "how many are kept, the open one included; the oldest is deleted",
                        Type.INTEGER,
                        LatencyReader.LEAST_FILES,
                        LatencyReader.MOST_FILES,
                        LatencyReader.DEFAULT_MAX_FILES));
    }

    private static SectionKeys control() {
        return SectionKeys.of(
                "[control]",
                string(
                        "socket",
                        "where `sessions`, `stats`, `latency`, `arp`, `interfaces` ask and `arp add, del, flush, load`"
                                + " change; mode 0660, owned by `user` and `group`; [socket.md](socket.md)",
                        "`control.sock` in `run`",
                        "absolute path, about 90 bytes at most"),
                planned(
                        "metrics",
                        "address that serves counters to Prometheus",
                        LEAVE_OUT + " (portolan stats shows the counters)"),
                string("user", "who to become once devices are open", "stay", "a user of this system"),
                string(
                        "group",
                        "whose members may use the socket, to ask and to change neighbors",
                        "the group of `user`, else of whoever starts the router",
                        "a group of this system; started without root: one that the starter is in"),
                choice("log", "least important message that is logged", "info", "error", "warn", "info", "debug"));
    }
}
