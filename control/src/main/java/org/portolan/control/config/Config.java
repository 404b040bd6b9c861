package org.portolan.control.config;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.portolan.control.log.Log;
import org.portolan.dataplane.driver.Drivers;
import org.portolan.dataplane.nat.FragmentLimits;
import org.portolan.dataplane.nat.WindowCheck;
import org.portolan.dataplane.neighbor.Contested;
import org.portolan.dataplane.policy.Behavior;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.Switches;
import org.portolan.dataplane.policy.Timeouts;

/**
 * The whole configuration, checked: nothing in it needs a second check. Addresses are ints, as
 * {@code Memory.u32} reads them; all lists are immutable and in the order of the file.
 */
public record Config(
        Router router,
        List<Interface> interfaces,
        List<Route> routes,
        List<Neighbor> neighbors,
        Arp arp,
        Nat nat,
        Io io,
        History history,
        Latency latency,
        Control control) {

    public Config {
        interfaces = List.copyOf(interfaces);
        routes = List.copyOf(routes);
        neighbors = List.copyOf(neighbors);
    }

    /** What the file calls one of a few: its name in lower case, with hyphens. */
    public static String word(final Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Which side of the NAT an interface is on. */
    public enum Role {
        INSIDE,
        OUTSIDE
    }

    /** The protocols that have ports; {@link #number} is the IPv4 header's. */
    public enum Transport {
        TCP(6),
        UDP(17);

        public final int number;

        Transport(final int number) {
            this.number = number;
        }
    }

    /** The ICMP "destination unreachable" of a flow that found no session, mapping or port. */
    public enum NoResources {
        HOST_UNREACHABLE,
        PROHIBITED
    }

    /** What TCP from outside gets that belongs to no session. */
    public enum UnmatchedTcp {
        DROP,
        RESET
    }

    /** What becomes of a SYN from outside to a port that nothing is mapped to (RFC 5382 REQ-4). */
    public enum UnsolicitedSyn {
        SILENT,
        UNREACHABLE
    }

    /** What a worker does when there is nothing to do. */
    public enum Idle {
        BUSY,
        BACKOFF,
        PARK
    }

    /**
     * @param name who commits; default: the host name
     * @param run directory of the counters file and, by default, the socket
     */
    public record Router(String name, Path run) {}

    /**
     * @param name what the operator calls it, the NAME of [interfaces.NAME]
     * @param device the kernel's name
     * @param address the router's own address on it, a host address of {@code subnet}
     * @param segment the wire's name, for the history
     * @param driver how its frames come and go
     * @param behavior of the mappings on its addresses; an inside interface has none
     * @param icmpErrors whether the router sends ICMP errors of its own there
     */
    public record Interface(
            String name,
            String device,
            Role role,
            int address,
            Subnet subnet,
            String segment,
            Drivers driver,
            Behavior behavior,
            boolean icmpErrors) {
        /** With the usual behavior, and ICMP errors. */
        public Interface(
                final String name,
                final String device,
                final Role role,
                final int address,
                final Subnet subnet,
                final String segment,
                final Drivers driver) {
            this(name, device, role, address, subnet, segment, driver, Behavior.DEFAULT, true);
        }
    }

    /**
     * @param via next hop, a host address in the subnet of {@code out}, not the router's own
     * @param out name of the interface that {@code via} is on
     */
    public record Route(Subnet destination, int via, String out) {}

    /**
     * A host whose MAC is written down instead of asked for; each address once.
     *
     * @param address a host address in that interface's subnet, not one of the router's own
     * @param mac 48 bits, unicast
     */
    public record Neighbor(String interfaceName, int address, long mac) {}

    /**
     * @param reachableS how long an answer is trusted before it is asked for again
     * @param idleS how long a neighbor that nobody sends to is kept
     * @param contested who wins when two hosts answer for one address
     */
    public record Arp(int reachableS, int idleS, Contested contested) {}

    /**
     * @param pool outside addresses, ranges disjoint, each address in an outside interface's subnet
     * @param maxSessions capacity of the session table
     * @param limits of what the outside may take of it
     * @param hostLimits of what each inside host may have and do
     * @param fragments of what datagrams in fragments may take
     * @param exempt outside networks to and from which nothing is translated; no two overlap
     */
    public record Nat(
            List<AddressRange> pool,
            int maxSessions,
            OutsideLimits limits,
            HostLimits hostLimits,
            Timeouts timeouts,
            FragmentLimits fragments,
            List<Forward> forwards,
            List<Static> statics,
            List<Subnet> exempt,
            Answers answers,
            Switches switches) {
        /** With the usual switches. */
        public Nat(
                final List<AddressRange> pool,
                final int maxSessions,
                final OutsideLimits limits,
                final HostLimits hostLimits,
                final Timeouts timeouts,
                final FragmentLimits fragments,
                final List<Forward> forwards,
                final List<Subnet> exempt,
                final Answers answers) {
            this(
                    pool,
                    maxSessions,
                    limits,
                    hostLimits,
                    timeouts,
                    fragments,
                    forwards,
                    List.of(),
                    exempt,
                    answers,
                    Switches.USUAL);
        }

        public Nat {
            exempt = List.copyOf(exempt);
            pool = List.copyOf(pool);
            forwards = List.copyOf(forwards);
            statics = List.copyOf(statics);
        }

        public boolean inPool(final int address) {
            for (final AddressRange range : pool) {
                if (range.contains(address)) {
                    return true;
                }
            }
            return false;
        }

        /** Every outside address that static rules have as a whole, in the order of the file. */
        public IntStream staticAddresses() {
            return statics.stream()
                    .flatMapToInt(each -> IntStream.range(0, each.count()).map(i -> each.external() + i));
        }

        /** How many addresses the pool has. */
        public int poolSize() {
            int size = 0;
            for (final AddressRange range : pool) {
                size += Math.toIntExact(range.size());
            }
            return size;
        }

        /** Every address of the pool, in the order of the file. */
        public int[] poolAddresses() {
            final int[] addresses = new int[poolSize()];
            int at = 0;
            for (final AddressRange range : pool) {
                for (long i = 0; i < range.size(); i++) {
                    addresses[at++] = range.first() + (int) i;
                }
            }
            return addresses;
        }
    }

    /** What becomes of what is not translated, and of TCP segments that do not fit their connection. */
    public record Answers(
            NoResources noResources,
            UnmatchedTcp unmatchedTcp,
            UnsolicitedSyn unsolicitedSyn,
            WindowCheck windowCheck) {}

    /**
     * What arrives at external goes to internal.
     *
     * @param externalPort the first one, as the internal one
     * @param ports how many
     * @param inbound whether it serves only what the outside opens
     */
    public record Forward(
            Transport transport,
            int externalAddress,
            int externalPort,
            int internalAddress,
            int internalPort,
            int ports,
            boolean inbound) {}

    /**
     * Whole outside addresses for as many inside hosts.
     *
     * @param external the first address, as the internal one
     * @param count how many
     */
    public record Static(int external, int internal, int count) {}

    /** @param cpus one CPU for each worker, or empty: not pinned */
    public record Io(int workers, Idle idle, List<Integer> cpus) {
        public Io {
            cpus = List.copyOf(cpus);
        }
    }

    /**
     * @param path the git repository; empty: no history is kept, and then nothing is served and there are no peers
     * @param serve where it is offered to be read; empty: nowhere
     * @param keepDays how long what happened is remembered
     * @param maxBytes how large the repository may grow before what is oldest goes earlier
     */
    public record History(
            Optional<Path> path, Optional<InetSocketAddress> serve, List<Peer> peers, int keepDays, long maxBytes) {
        public History {
            peers = List.copyOf(peers);
        }
    }

    /**
     * A router whose history is read and merged.
     *
     * @param name what it is called here, each once; fit for a file and for a ref
     * @param url git, http or https, with a host and a path and nothing else
     */
    public record Peer(String name, URI url, int everyS) {}

    /**
     * The latency's interval files.
     *
     * @param log their directory; empty: none are written
     * @param fileBytes when one is this long, a new one is begun
     * @param fileHours or this old
     * @param maxFiles how many are kept, the open one included
     */
    public record Latency(Optional<Path> log, long fileBytes, int fileHours, int maxFiles) {}

    /**
     * @param user whom to become once devices are open; empty: stay
     * @param group whose members may use the socket; empty: the group of the user that the router runs as
     */
    public record Control(Path socket, Optional<SystemUser> user, Optional<SystemGroup> group, Log.Level log) {}

    /** The interface of that name; it exists for every {@link Route#out} and {@link Neighbor}. */
    public Interface interfaceNamed(final String name) {
        for (final Interface each : interfaces) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        throw new IllegalArgumentException("no interface " + name);
    }
}
