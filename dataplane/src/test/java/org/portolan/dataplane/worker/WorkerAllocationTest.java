package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.MessageHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.portolan.dataplane.FirstTierJvm;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.command.Wakeup;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.nat.SessionReader;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Tcp;

/**
 * A whole worker leaves the heap alone, whatever comes: packets of sessions both ways, TCP through all its states, what
 * opens and what is refused for each reason, errors, held frames, control's commands, and a change of the policy.
 */
@DisabledIfSystemProperty(
        named = "portolan.memory.checked",
        matches = "true",
        disabledReason = "its regions are objects")
class WorkerAllocationTest {
    private static final int ROUNDS = 20;
    private static final int FLOWS = 50;
    private static final int SESSIONS = 1_024;
    private static final MessageHandler NOTHING = (type, buffer, at, length) -> {};

    private final WorkerRig rig = new WorkerRig(SESSIONS, SESSIONS, SESSIONS);
    private final Wakeup wakeup = new Wakeup();
    private final CommandProxy commands = new CommandProxy(rig.command, wakeup);
    private final List<byte[]> lan = new ArrayList<>();
    private final List<byte[]> wan = new ArrayList<>();
    private final List<byte[]> dmz = new ArrayList<>();
    private final MemoryFrameIo.Arrival[][] arrivals = new MemoryFrameIo.Arrival[3][];
    private final MemoryFrameIo[] drivers = {rig.lan, rig.wan, rig.dmz};
    private final AtomicInteger offers = new AtomicInteger();

    @Test
    void shouldAllocateNothing() throws IOException, InterruptedException {
        FirstTierJvm.assertAllocatesNothing(WorkerAllocationTest.class);
    }

    /** In a JVM of its own. */
    public static void main(final String[] arguments) {
        new WorkerAllocationTest().printAllocated();
    }

    private void printAllocated() {
        try (AdmissionTest table = new AdmissionTest();
                TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
                TestFrames outside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.WAN_MAC)) {
            table.frames(lan, wan, dmz);
            flows(inside, outside);
            fragments(inside, outside);
            arrivals[0] = arrivals(lan);
            arrivals[1] = arrivals(wan);
            arrivals[2] = arrivals(dmz);
            final Thread control = Thread.ofPlatform().daemon().start(this::offerPolicies);
            FirstTierJvm.print(this::window);
            control.interrupt();
            requireAll();
        } finally {
            wakeup.close();
            rig.close();
        }
    }

    private static MemoryFrameIo.Arrival[] arrivals(final List<byte[]> frames) {
        return frames.stream()
                .map(each -> new MemoryFrameIo.Arrival(each, 0, 0))
                .toArray(MemoryFrameIo.Arrival[]::new);
    }

    /** UDP, TCP from its first to its last segment, a query and errors, both ways. */
    private void flows(final TestFrames inside, final TestFrames outside) {
        final int client = WorkerRig.CLIENT;
        final int server = WorkerRig.SERVER;
        final int pool = WorkerRig.POOL;
        final int[] flags = {Tcp.SYN, Tcp.ACK, Tcp.ACK, Tcp.FIN | Tcp.ACK, Tcp.RST};
        final int[] answers = {Tcp.SYN | Tcp.ACK, Tcp.ACK, Tcp.FIN | Tcp.ACK, Tcp.ACK, Tcp.ACK};
        for (int port = 4_000; port < 4_000 + FLOWS; port++) {
            lan.add(inside.udp(client, port, server, 53, 20));
            wan.add(outside.udp(server, 53, pool, port, 20));
            lan.add(inside.echo(client, server, Icmp.ECHO_REQUEST, port));
            wan.add(outside.echo(server, pool, Icmp.ECHO_REPLY, port));
            wan.add(outside.error(WorkerRig.OTHER_SERVER, pool, Icmp.TIME_EXCEEDED, pool, port, server, 53));
            lan.add(inside.error(client, server, Icmp.DESTINATION_UNREACHABLE, server, 53, client, port));
            for (int i = 0; i < flags.length; i++) {
                lan.add(inside.tcp(client, port, server, 443, flags[i]));
                wan.add(outside.tcp(server, 443, pool, port, answers[i]));
            }
            wan.add(outside.tcp(server, port, pool, 8080, Tcp.SYN));
            lan.add(inside.tcp(client, 80, server, port, Tcp.SYN | Tcp.ACK));
            wan.add(outside.udp(server, port, pool, 5353, 20));
            lan.add(inside.udp(client, 53, server, port, 20));
        }
    }

    /** In fragments both ways, in order and not, repeated and overlapping; and too large ones. */
    private void fragments(final TestFrames inside, final TestFrames outside) {
        for (int i = 0; i < FLOWS; i++) {
            final byte[] query = inside.udp(WorkerRig.CLIENT, 4_000 + i, WorkerRig.SERVER, 53, 3_000);
            final List<byte[]> out = Parts.of(query, i, 1_000);
            final List<byte[]> in =
                    Parts.of(outside.udp(WorkerRig.SERVER, 53, WorkerRig.POOL, 4_000 + i, 3_000), i, 1_000);
            lan.addAll(out);
            lan.add(out.get(1));
            wan.addAll(in.reversed());
            wan.add(Parts.part(query, i, 992, 2_000, true));
            lan.add(Parts.part(query, 1_000 + i, 1_000, 2_000, true));
            lan.add(inside.dontFragment(false).udp(WorkerRig.CLIENT, 4_000 + i, WorkerRig.SERVER, 53, 4_000));
        }
    }

    private void window() {
        for (int round = 0; round < ROUNDS; round++) {
            for (int port = 0; port < drivers.length; port++) {
                for (final MemoryFrameIo.Arrival each : arrivals[port]) {
                    drivers[port].arrive(each);
                }
            }
            work();
            commands.swapLatency();
            expireAll();
            changePolicy();
        }
    }

    private void work() {
        rig.run();
        rig.punt.read(NOTHING);
        rig.event.read(NOTHING);
    }

    private void expireAll() {
        final SessionReader sessions = rig.worker.nat().reader();
        for (int session = 0; session < SESSIONS; session++) {
            final int word = sessions.lastSeenWord(session);
            while (word != 0 && !commands.expire(session, sessions.generation(session), word)) {
                work();
            }
        }
        work();
    }

    /** What control allocates for a policy is on its own thread. */
    private void changePolicy() {
        final int asked = offers.incrementAndGet();
        while (offers.get() == asked) {
            Thread.onSpinWait();
        }
        work();
    }

    private void offerPolicies() {
        final PolicyTerms first = rig.keeper.current().terms();
        final PolicyTerms[] terms = {first.exempting(), first};
        while (!Thread.currentThread().isInterrupted()) {
            final int asked = offers.get();
            if ((asked & 1) == 1 && rig.keeper.isAdopted()) {
                rig.keeper.offer(terms[asked >>> 1 & 1]);
                offers.incrementAndGet();
            }
            Thread.onSpinWait();
        }
    }

    /** A worker that never came to most of its code would allocate nothing either. */
    private void requireAll() {
        assertThat(rig.worker.nat().policy().epoch()).isGreaterThan(ROUNDS);
        assertThat(rig.counters.sent()).isGreaterThan(ROUNDS * FLOWS);
        for (final DropReason each : List.of(
                DropReason.TTL_EXPIRED,
                DropReason.NO_ROUTE,
                DropReason.MARTIAN_SOURCE,
                DropReason.TOO_BIG,
                DropReason.NEIGHBOR_UNREACHABLE,
                DropReason.TCP_NOT_OPENING,
                DropReason.ICMP_ERROR_UNMATCHED,
                DropReason.NO_MAPPING,
                DropReason.FRAGMENT_DUPLICATE,
                DropReason.HAIRPIN)) {
            assertThat(rig.counters.dropped(each)).as(each.name()).isPositive();
        }
    }
}
