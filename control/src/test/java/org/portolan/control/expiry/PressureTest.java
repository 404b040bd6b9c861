package org.portolan.control.expiry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.control.log.Log;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.nat.Match;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.nat.NatConfig;
import org.portolan.dataplane.nat.NatSecrets;
import org.portolan.dataplane.nat.PolicyKeeper;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.policy.RouteTable;
import org.portolan.dataplane.policy.Timeouts;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Udp;

/** What the log says before something is full, of a real NAT. */
class PressureTest {
    private static final int CLIENT = 0xC0A8010A;
    private static final int SERVER = 0x08080808;
    private static final int OUTSIDE = 0xCB007102;

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final Log log = new Log(
            new PrintStream(logged, true, StandardCharsets.UTF_8), Log.Style.JOURNAL, Log.Level.INFO, () -> 0, () -> 0);
    private final Slab frame = Slab.allocate(64, "a packet");
    private PolicyKeeper keeper;
    private Nat nat;
    private Pressure pressure;
    private int nowS = 1;

    private void begin(final int maxSessions) {
        final PolicyTerms terms = new PolicyTerms(
                RouteTable.builder().build(),
                Set.of(1),
                List.of(new PolicyTerms.Pool(1, OUTSIDE)),
                List.of(new PolicyTerms.Forward(1, Ipv4.UDP, OUTSIDE, 5353, CLIENT, 53)),
                new OutsideLimits(10, 10, 10, 0),
                HostLimits.NONE,
                Timeouts.defaults(120));
        keeper = new PolicyKeeper(NatConfig.roomFor(NatSecrets.from(new Random(1)), maxSessions, terms), terms);
        nat = new Nat(keeper);
        pressure = new Pressure(nat, maxSessions, log);
    }

    @AfterEach
    void close() {
        nat.close();
        frame.close();
    }

    private Packet udp(final int source, final int sourcePort, final int destination, final int destinationPort) {
        Ipv4.putHeader(frame.address(), 28, 0, false, 64, Ipv4.UDP, source, destination);
        Udp.putHeader(frame.address() + 20, sourcePort, destinationPort, 8, 0);
        final Packet packet = new Packet();
        assertThat(packet.parse(frame.address(), 28)).isZero();
        return packet;
    }

    private int open(final int host, final int port, final int remote) {
        final Packet packet = udp(host, port, remote, 53);
        final int match = nat.openOutbound(packet, 0, 1, nat.hash(packet, 0), nowS);
        assertThat(match).isNotNegative();
        return Match.session(match);
    }

    private void call(final int remote) {
        final Packet packet = udp(remote, 1000, OUTSIDE, 5353);
        final int realm = Flow.outside(0);
        assertThat(nat.openInbound(packet, realm, nat.hash(packet, realm), nowS))
                .isNotNegative();
    }

    private List<String> lines() {
        pressure.poll(keeper.current());
        final List<String> lines =
                logged.toString(StandardCharsets.UTF_8).lines().toList();
        logged.reset();
        return lines;
    }

    @Test
    void shouldWarnOfTheSessionTableAtEachMarkAndSayWhatToDo() {
        begin(1_000);
        for (int i = 0; i < 799; i++) {
            open(CLIENT, 5000, SERVER + i);
        }
        assertThat(lines()).isEmpty();
        assertThat(pressure.now()).isEqualTo("nothing");
        open(CLIENT, 5000, SERVER + 799);
        assertThat(lines())
                .containsExactly("<4>the session table is 80 % full: 800 of 1,000; limit hosts with many"
                        + " (nat.limits.host_sessions) or raise nat.max_sessions");
        assertThat(lines()).isEmpty();
        assertThat(pressure.warnings()).isOne();
        assertThat(pressure.now()).isEqualTo("session table");
        for (int i = 800; i < 950; i++) {
            open(CLIENT, 5000, SERVER + i);
        }
        assertThat(lines()).singleElement().asString().startsWith("<4>the session table is 95 % full: 950 of 1,000");
        for (int session = 0; session < 201; session++) {
            nat.expire(session, nat.reader().generation(session), nat.reader().lastSeenWord(session), nowS);
        }
        assertThat(lines()).containsExactly("<6>the session table is less than 75 % full again: 749 of 1,000");
        assertThat(pressure.now()).isEqualTo("nothing");
    }

    @Test
    void shouldWarnOfMappingsAndHosts() {
        begin(320);
        for (int i = 0; i < 256; i++) {
            open(CLIENT + i, 5000, SERVER);
        }
        assertThat(lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith("<4>the session table is 80 % full: 256 of 320;"))
                .anyMatch(line -> line.startsWith("<4>the mapping table is 80 % full: 256 of 320;"))
                .anyMatch(line -> line.startsWith("<4>the table of inside hosts is 100 % full: 256 of 256;"));
        assertThat(pressure.now()).isEqualTo("session table and 2 more");
    }

    @Test
    void shouldWarnOfTheSessionsOfTheOutside() {
        begin(1_000);
        for (int i = 0; i < 8; i++) {
            call(SERVER + i);
        }
        assertThat(lines())
                .containsExactly("<4>the outside hosts' share of the sessions is 80 % full: 8 of 10; lower"
                        + " nat.limits.remote_sessions or raise nat.limits.outside_sessions");
    }

    @Test
    void shouldWarnOfThePortsOfAnAddressAndTakeRestingOnesForFree() {
        begin(400_000);
        int last = -1;
        for (int i = 0; i < 52_428; i++) {
            last = open(CLIENT, 1024 + i, SERVER);
        }
        // One more is the forward's.
        assertThat(lines())
                .containsExactly("<4>the UDP ports of 203.0.113.2 are 80 % in use: 52,429 of 65,535; limit hosts with"
                        + " many (nat.limits.host_ports) or add addresses to nat.pool");
        assertThat(pressure.now()).isEqualTo("UDP ports of 203.0.113.2");
        for (int session = 0; session <= last; session++) {
            nat.expire(session, nat.reader().generation(session), nat.reader().lastSeenWord(session), nowS);
        }
        assertThat(nat.counts().portsResting()).isEqualTo(52_428);
        assertThat(lines())
                .containsExactly("<6>the UDP ports of 203.0.113.2 are less than 75 % in use again: 1 of 65,535");
    }
}
