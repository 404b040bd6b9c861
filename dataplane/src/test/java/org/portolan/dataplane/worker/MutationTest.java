package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.worker.WorkerRig.ip;

import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.command.Wakeup;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.forward.Answers;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.io.packet.FakeDriver;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.nat.SessionReader;
import org.portolan.dataplane.nat.WindowCheck;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.system.BootClock;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;
import org.portolan.dataplane.wire.Udp;

/**
 * A million frames, whole, mutated and random, through a whole worker: nothing is thrown, every drop reason is reached,
 * and every frame is accounted for. Several rigs, because a table that is full hides one that is fuller.
 */
class MutationTest {
    private static final int FRAMES = Integer.getInteger("portolan.mutation.frames", 1_000_000);
    private static final int CHUNK = 256;

    private final Random random = new Random(20261123);
    private final Set<DropReason> reached = EnumSet.noneOf(DropReason.class);
    private long mended;

    @Test
    void shouldAccountForEveryFrameAndThrowForNone() {
        final Answers all = new Answers(Icmp.CODE_ADMINISTRATIVELY_PROHIBITED, true, true, 3);
        feed(new WorkerRig(2_000, 4_000, new OutsideLimits(80, 50, 2_000, 0)), FRAMES / 3, true);
        feed(dropping(100_000, new OutsideLimits(5_000, 1_000, 20, 0), all), FRAMES / 3, true);
        feed(
                new WorkerRig(200_000, 200_000, new OutsideLimits(200_000, 1_000, 1_000, 199_000)),
                FRAMES - 2 * (FRAMES / 3),
                false);
        crowd();
        leaveWindow();
        limitHosts();
        fillHosts();
        breakDatagrams();

        assertThat(mended).as("frames with right checksums").isGreaterThanOrEqualTo(FRAMES / 2);
        if (FRAMES >= 1_000_000) {
            final Set<DropReason> missed = EnumSet.allOf(DropReason.class);
            missed.remove(DropReason.NONE);
            missed.removeAll(reached);
            assertThat(missed).as("drop reasons that no frame reached").isEmpty();
        }
    }

    private void feed(final WorkerRig rig, final int frames, final boolean mixed) {
        try (rig;
                Wakeup wakeup = new Wakeup();
                TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
                TestFrames outside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.WAN_MAC);
                TestFrames second = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.DMZ_MAC)) {
            final CommandProxy commands = new CommandProxy(rig.command, wakeup);
            for (int done = 0; done < frames; ) {
                final int chunk = Math.min(CHUNK, frames - done);
                for (int i = 0; i < chunk; i++) {
                    arrive(rig, inside, outside, second, mixed);
                }
                trouble(rig, commands, done / CHUNK);
                rig.run();
                done += chunk;
                assertThat(rig.counters.received()).isEqualTo(done);
                assertThat(rig.accounted())
                        .as("sent + consumed + held + dropped")
                        .isEqualTo(done);
            }
            final int pings = 20_000;
            for (int i = 0; i < pings; i++) {
                rig.lan.arrive(inside.echo(WorkerRig.CLIENT, WorkerRig.LAN, Icmp.ECHO_REQUEST, 1));
            }
            rig.run();
            assertThat(rig.accounted()).isEqualTo(rig.counters.received()).isEqualTo(frames + pings);
            sendLate(rig, commands, inside);
            for (final DropReason reason : DropReason.values()) {
                if (reason != DropReason.NONE && rig.counters.dropped(reason) > 0) {
                    reached.add(reason);
                }
            }
        }
    }

    /** More flows of one home bucket than its neighborhood has room for; that takes the key. */
    private void crowd() {
        final int sessions = 2_000;
        final int buckets = 2 * sessions / 8;
        try (WorkerRig rig = new WorkerRig(sessions, 4_000, 50);
                TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
                Slab memory = Slab.allocate(64, "a packet")) {
            final Packet packet = new Packet();
            for (int flow = 0; flow < 8 * 65_535; flow++) {
                final int port = 1 + flow / 8;
                final int remotePort = 53 + flow % 8;
                Ipv4.putHeader(memory.address(), 28, 0, false, 64, Ipv4.UDP, WorkerRig.CLIENT, WorkerRig.SERVER);
                Udp.putHeader(memory.address() + 20, port, remotePort, 8, 0);
                assertThat(packet.parse(memory.address(), 28)).isZero();
                if ((rig.worker.nat().hash(packet, 0) & 0xFFFF_FFFFL) * buckets >>> 32 == 7) {
                    rig.lan.arrive(inside.udp(WorkerRig.CLIENT, port, WorkerRig.SERVER, remotePort, 10));
                }
            }
            rig.run();
            final long slots = 32 * 12;
            assertThat(rig.accounted()).isEqualTo(rig.counters.received()).isGreaterThan(2 * slots);
            assertThat(rig.counters.received() - rig.counters.dropped(DropReason.INDEX_CROWDED))
                    .as("what 32 buckets of 12 take beside the replies of all flows, which lie anywhere")
                    .isBetween(slots - slots / 8, slots - 1);
            reached.add(DropReason.INDEX_CROWDED);
        }
    }

    private static WorkerRig dropping(final int sessions, final OutsideLimits limits, final Answers answers) {
        return new WorkerRig(sessions, 1_000, limits, HostLimits.NONE, answers, WindowCheck.DROP, new BootClock());
    }

    /** A blind reset of an established connection. */
    private void leaveWindow() {
        try (WorkerRig rig = dropping(2_000, OutsideLimits.defaults(2_000), Answers.usual(42));
                TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
                TestFrames outside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.WAN_MAC)) {
            final int syn = Tcp.SYN | Tcp.ACK;
            rig.lan.arrive(inside.segment(WorkerRig.CLIENT, 4000, WorkerRig.SERVER, 80, Tcp.SYN, 10, 0, 0));
            rig.run();
            rig.wan.arrive(outside.segment(WorkerRig.SERVER, 80, WorkerRig.POOL, 4000, syn, 20, 11, 0));
            rig.run();
            rig.lan.arrive(inside.segment(WorkerRig.CLIENT, 4000, WorkerRig.SERVER, 80, Tcp.ACK, 11, 21, 0));
            rig.run();
            rig.wan.arrive(outside.segment(WorkerRig.SERVER, 80, WorkerRig.POOL, 4000, Tcp.RST, 1 << 30, 0, 0));
            rig.run();
            assertThat(rig.accounted()).isEqualTo(rig.counters.received());
            assertThat(rig.counters.dropped(DropReason.TCP_OUT_OF_WINDOW)).isEqualTo(1);
            assertThat(rig.counters.tcpOutOfWindow()).isEqualTo(1);
            reached.add(DropReason.TCP_OUT_OF_WINDOW);
        }
    }

    /** One inside host beyond each of its limits, and another one that they do not touch. */
    private void limitHosts() {
        final HostLimits limits = new HostLimits(10, 5, 20, 20);
        try (WorkerRig rig = new WorkerRig(2_000, 2_000, OutsideLimits.defaults(2_000), limits, Answers.usual(42));
                TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC)) {
            for (int port = 1; port <= 8; port++) {
                rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 4000 + port, WorkerRig.SERVER, 53, 10));
            }
            for (int remotePort = 101; remotePort <= 112; remotePort++) {
                rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 4001, WorkerRig.SERVER, remotePort, 10));
            }
            rig.lan.arrive(inside.udp(WorkerRig.CLIENT + 1, 4001, WorkerRig.SERVER, 53, 10));
            rig.run();
            assertThat(rig.accounted()).isEqualTo(rig.counters.received());
            assertThat(rig.counters.dropped(DropReason.HOST_PORTS_FULL)).isEqualTo(3);
            assertThat(rig.counters.dropped(DropReason.HOST_SESSIONS_FULL)).isEqualTo(12 - 5);
            assertThat(rig.wan.sentCount())
                    .as("5 ports, 5 sessions more, and the other host's")
                    .isEqualTo(11);
            assertThat(rig.lan.sentCount())
                    .as("the host gets answers, as many as the rate limit allows")
                    .isPositive();
            reached.add(DropReason.HOST_PORTS_FULL);
            reached.add(DropReason.HOST_SESSIONS_FULL);
        }
        try (WorkerRig rig = new WorkerRig(
                        2_000,
                        2_000,
                        OutsideLimits.defaults(2_000),
                        new HostLimits(HostLimits.UNLIMITED, HostLimits.UNLIMITED, 1, 20),
                        Answers.usual(42));
                TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC)) {
            final int flows = 1_000;
            for (int port = 1; port <= flows; port++) {
                rig.lan.arrive(inside.udp(WorkerRig.CLIENT, port, WorkerRig.SERVER, 53, 10));
            }
            rig.run();
            assertThat(rig.accounted()).isEqualTo(rig.counters.received());
            assertThat(rig.counters.dropped(DropReason.HOST_RATE))
                    .as("a burst of 20, and one a second while the test runs")
                    .isBetween(flows - 40L, flows - 20L);
            reached.add(DropReason.HOST_RATE);
        }
    }

    /** More inside hosts than the table has room for: an eighth of the mappings. */
    private void fillHosts() {
        final int mappings = 8_000;
        final int room = 1_000;
        try (WorkerRig rig = new WorkerRig(10_000, mappings, OutsideLimits.defaults(10_000));
                TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC)) {
            for (int host = 0; host < 1_100; host++) {
                rig.lan.arrive(inside.udp(ip(10, 20, host >>> 8, host & 0xFF), 4000, WorkerRig.SERVER, 53, 10));
            }
            rig.run();
            assertThat(rig.accounted()).isEqualTo(rig.counters.received());
            assertThat(rig.counters.dropped(DropReason.HOSTS_FULL)).isEqualTo(1_100 - room);
            reached.add(DropReason.HOSTS_FULL);
        }
    }

    /** Datagrams whose first fragment does not come, whose session ends, and of which too much waits. */
    private void breakDatagrams() {
        try (WorkerRig rig = new WorkerRig(2_000, 2_000, 50);
                Wakeup wakeup = new Wakeup();
                TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC)) {
            final byte[] whole = inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 4_000);
            rig.lan.arrive(Parts.part(whole, 1, 0, 1_000, true));
            rig.run();
            final SessionReader sessions = rig.worker.nat().reader();
            new CommandProxy(rig.command, wakeup).expire(0, sessions.generation(0), sessions.lastSeenWord(0));
            rig.lan.arrive(Parts.part(whole, 1, 1_000, 2_000, true));
            for (int unit = 1; unit <= 100; unit++) {
                rig.lan.arrive(Parts.part(whole, 2, 8 * unit, 8 * unit + 8, true));
            }
            rig.run();
            assertThat(rig.counters.dropped(DropReason.FRAGMENT_SESSION_ENDED)).isEqualTo(1);
            final long waiting = rig.counters.heldFrames();
            assertThat(rig.counters.dropped(DropReason.FRAGMENT_QUEUE_FULL)).isEqualTo(100 - waiting);
            rig.later(3_000);
            rig.run();
            assertThat(rig.counters.dropped(DropReason.FRAGMENT_TIMEOUT)).isEqualTo(waiting);
            assertThat(rig.accounted()).isEqualTo(rig.counters.received());
            reached.add(DropReason.FRAGMENT_SESSION_ENDED);
            reached.add(DropReason.FRAGMENT_QUEUE_FULL);
            reached.add(DropReason.FRAGMENT_TIMEOUT);
        }
    }

    /** A part of a frame, one of few datagrams; or one that can be none. */
    private byte[] part(final byte[] frame) {
        final int units = (frame.length - 34) / 8;
        if (units < 2 || frame[12] != 8 || frame[13] != 0) {
            return frame;
        }
        final int from = random.nextInt(3) == 0 ? 0 : random.nextInt(units);
        final int to = Math.min(from + 1 + random.nextInt(3), units);
        final int odd = random.nextInt(20) == 0 ? 1 : 0;
        final byte[] part =
                Parts.part(frame, random.nextInt(64), 8 * from, 8 * to - odd, from == 0 || random.nextInt(3) != 0);
        return random.nextInt(50) == 0 ? Parts.moved(part, 0x1FFF) : part;
    }

    /**
     * What else happens to a worker while frames come: full and failing devices, links that go, a control that
     * sleeps.
     */
    private void trouble(final WorkerRig rig, final CommandProxy commands, final int round) {
        final int result = switch (round % 16) {
            case 3 -> DropReason.TRANSMIT_RING_FULL.code;
            case 5 -> DropReason.TRANSMIT_REFUSED.code;
            default -> 0;
        };
        rig.wan.answerSendsWith(result);
        rig.lan.answerSendsWith(result);
        if (round % 16 == 7 || round % 16 == 8) {
            assertThat(commands.link(1, round % 16 == 8, 1500, WorkerRig.WAN_MAC))
                    .isTrue();
        }
        if (round % 512 == 511) {
            rig.later(400);
        }
        if (round % 64 == 63) {
            rig.punt.read((type, buffer, at, length) -> {});
        }
    }

    /** A device takes nothing for two seconds; between inside networks no session is needed, and the table is full. */
    private static void sendLate(final WorkerRig rig, final CommandProxy commands, final TestFrames inside) {
        final FakeDriver driver = new FakeDriver();
        rig.worker.handOver(2, driver);
        assertThat(commands.replaceIo(2)).isTrue();
        rig.run();
        rig.worker.takeLeaving(2).close();
        driver.room(0);
        rig.lan.arrive(inside.ttl(64).udp(WorkerRig.CLIENT, 7, WorkerRig.DMZ_HOST, 53, 20));
        rig.run();
        driver.later(2_000_000_000L);
        rig.run();
        assertThat(rig.accounted()).isEqualTo(rig.counters.received());
    }

    private void arrive(
            final WorkerRig rig,
            final TestFrames inside,
            final TestFrames outside,
            final TestFrames second,
            final boolean mixed) {
        final int where = mixed ? random.nextInt(10) : random.nextInt(12);
        final MemoryFrameIo io;
        final TestFrames frames;
        final byte[] frame;
        if (where == 0) {
            io = rig.dmz;
            frames = second;
            frame = fromSecond(second);
        } else if (where < 4) {
            io = rig.wan;
            frames = outside;
            frame = fromOutside(outside);
        } else {
            io = rig.lan;
            frames = inside;
            frame = fromInside(inside, mixed);
        }
        if (random.nextInt(12) == 0) {
            io.arrive(part(frame), Offload.NONE, 0);
            mended++;
            return;
        }
        final int state = random.nextInt(2000);
        if (state < 12 && state >= 2) {
            io.arrive(tagged(frame), Offload.NONE, 0);
            mended++;
        } else if (state < 2) {
            io.arrive(frame, Offload.NONE, state == 0 ? Frame.VLAN_TAGGED : Frame.TRUNCATED);
            mended++;
        } else {
            mutate(io, frames, frame);
        }
    }

    private void mutate(final MemoryFrameIo io, final TestFrames frames, final byte[] frame) {
        final int kind = random.nextInt(10);
        if (random.nextInt(100) == 0) {
            mended++;
            io.arrive(frames.mend(withOptions(frame)), Offload.NONE, 0);
        } else if (kind < 5) {
            mended++;
            io.arrive(frame, random.nextInt(20) == 0 ? randomOffload() : Offload.NONE, 0);
        } else if (kind < 7) {
            mended++;
            io.arrive(frames.mend(flipped(frame)), Offload.NONE, 0);
        } else if (kind < 9) {
            io.arrive(flipped(frame), random.nextInt(20) == 0 ? randomOffload() : Offload.NONE, 0);
        } else {
            final byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            if (noise.length > 14 && random.nextBoolean()) {
                System.arraycopy(frame, 0, noise, 0, 14);
            }
            io.arrive(noise, Offload.NONE, 0);
        }
    }

    /** With a tag that the kernel left in: a priority one, another VLAN's, or one that is cut off. */
    private byte[] tagged(final byte[] frame) {
        final byte[] tagged = new byte[frame.length + 4];
        System.arraycopy(frame, 0, tagged, 0, 12);
        System.arraycopy(frame, 12, tagged, 16, frame.length - 12);
        tagged[12] = (byte) 0x81;
        tagged[15] = (byte) random.nextInt(2);
        return random.nextInt(4) == 0 ? java.util.Arrays.copyOf(tagged, 14 + random.nextInt(4)) : tagged;
    }

    private byte[] flipped(final byte[] frame) {
        final byte[] copy =
                random.nextInt(8) == 0 ? java.util.Arrays.copyOf(frame, random.nextInt(frame.length)) : frame.clone();
        for (int i = random.nextInt(4); i >= 0 && copy.length > 0; i--) {
            final int header = Math.min(copy.length, 60);
            copy[random.nextInt(header)] = (byte) random.nextInt(256);
        }
        return copy;
    }

    /** Eight bytes of IPv4 options: a source route, a timestamp, a length that lies, or noise. */
    private byte[] withOptions(final byte[] frame) {
        if (frame.length < 34 || frame[12] != 8 || frame[13] != 0) {
            return frame;
        }
        final byte[] longer = new byte[frame.length + 8];
        System.arraycopy(frame, 0, longer, 0, 34);
        System.arraycopy(frame, 34, longer, 42, frame.length - 34);
        longer[14] = 0x47;
        final int total = longer.length - 14;
        longer[16] = (byte) (total >>> 8);
        longer[17] = (byte) total;
        final byte[][] options = {
            {(byte) 131, 7, 4, 9, 9, 9, 9, 0}, {68, 8, 5, 0, 0, 0, 0, 0}, {1, 7, 40, 0, 0, 0, 0, 0}
        };
        final int kind = random.nextInt(4);
        for (int i = 0; i < 8; i++) {
            longer[34 + i] = kind == 3 ? (byte) random.nextInt(256) : options[kind][i];
        }
        return longer;
    }

    private long randomOffload() {
        if (random.nextInt(3) == 0) {
            return random.nextLong();
        }
        final boolean tcp = random.nextBoolean();
        return Offload.pack(
                random.nextInt(3),
                random.nextBoolean() ? 0 : tcp ? Offload.SEGMENT_TCP4 : Offload.SEGMENT_UDP,
                random.nextInt(3000),
                34,
                tcp ? 16 : 6);
    }

    private int port() {
        return 1 + random.nextInt(65_535);
    }

    private byte[] fromInside(final TestFrames frames, final boolean mixed) {
        frames.ttl(random.nextInt(50) == 0 ? 1 : 64).dontFragment(random.nextBoolean());
        final int client = WorkerRig.CLIENT;
        if (!mixed && random.nextInt(4) != 0) {
            // Every port of the pool's address, and then some.
            return frames.udp(WorkerRig.CLIENT + random.nextInt(4), port(), WorkerRig.SERVER, 53, 20);
        }
        return switch (random.nextInt(24)) {
            case 0 -> frames.arp(1 + random.nextInt(3), client, WorkerRig.LAN);
            case 1 -> frames.echo(client, WorkerRig.LAN, Icmp.ECHO_REQUEST, port());
            case 2 ->
                frames.echo(
                        client,
                        WorkerRig.SERVER,
                        random.nextBoolean() ? Icmp.ECHO_REQUEST : Icmp.TIMESTAMP_REQUEST,
                        port());
            case 3 -> frames.udp(client, port(), WorkerRig.LAN, port(), 10);
            case 4 ->
                frames.udp(
                        client, port(), WorkerRig.POOL, random.nextBoolean() ? port() : 5353 + random.nextInt(2), 10);
            case 5 -> frames.udp(client, port(), ip(150, 1, 1, 1), port(), 10);
            case 6 -> frames.udp(ip(172, 16, 0, 1), port(), WorkerRig.SERVER, port(), 10);
            case 7 -> frames.udp(client, port(), WorkerRig.SERVER, port(), 1480 + random.nextInt(3000));
            case 8 -> frames.udp(client, port(), WorkerRig.DMZ_HOST, port(), 10);
            case 9 -> frames.udp(client, port(), WorkerRig.ABSENT_HOST, port(), 10);
            case 10 -> frames.udp(client, port(), ip(10, 9, random.nextInt(256), random.nextInt(256)), port(), 10);
            case 11 -> frames.udp(client, port(), ip(10, 9, 77, 77), port(), random.nextInt(10) == 0 ? 1380 : 10);
            case 12 -> frames.udp(client, port(), ip(203, 0, 113, 255), port(), 10);
            case 13 -> frames.udp(client, port(), ip(224, 0, 0, 5), port(), 10);
            case 14 -> frames.udp(client, port(), ip(127, 0, 0, 1), port(), 10);
            case 15 -> frames.udp(ip(127, 0, 0, 1), port(), WorkerRig.SERVER, port(), 10);
            case 16 -> frames.tcp(client, random.nextInt(8) == 0 ? 0 : port(), WorkerRig.SERVER, 80, Tcp.RST);
            case 17 ->
                frames.error(
                        client, WorkerRig.SERVER, Icmp.DESTINATION_UNREACHABLE, WorkerRig.SERVER, 53, client, port());
            case 18 -> withMac(frames.udp(client, port(), WorkerRig.SERVER, 53, 10));
            case 19 -> oversized(frames, client);
            default -> frames.tcp(client, port(), WorkerRig.SERVER, 80, tcpFlags());
        };
    }

    private int tcpFlags() {
        return switch (random.nextInt(4)) {
            case 0 -> Tcp.ACK;
            case 1 -> Tcp.FIN | Tcp.ACK;
            default -> Tcp.SYN;
        };
    }

    /** A MAC that is wrong in one of the ways there are. */
    private byte[] withMac(final byte[] frame) {
        switch (random.nextInt(4)) {
            case 0 -> frame[5] ^= 0x55;
            case 1 -> java.util.Arrays.fill(frame, 0, 6, (byte) 0xFF);
            case 2 -> frame[6] |= 1;
            default -> frame[11] = (byte) WorkerRig.LAN_MAC;
        }
        return frame;
    }

    /** For a host that does not answer: too long to wait for it. */
    private byte[] oversized(final TestFrames frames, final int client) {
        final byte[] frame = frames.udp(client, port(), ip(10, 9, 200, random.nextInt(250)), port(), 2500);
        frame[12] = (byte) (Ethernet.TYPE_IPV4 >>> 8);
        return frame;
    }

    private byte[] fromOutside(final TestFrames frames) {
        frames.ttl(random.nextInt(50) == 0 ? 1 : 64).dontFragment(random.nextBoolean());
        final int server = WorkerRig.SERVER;
        return switch (random.nextInt(15)) {
            case 0 -> frames.arp(1, WorkerRig.GATEWAY, WorkerRig.WAN);
            case 1 -> frames.echo(server, WorkerRig.WAN, Icmp.ECHO_REQUEST, port());
            case 2 -> frames.udp(server, 53, WorkerRig.POOL, port(), 20);
            case 3 -> frames.tcp(server + random.nextInt(100), port(), WorkerRig.POOL, 8080, Tcp.SYN);
            case 4 -> frames.tcp(server, port(), WorkerRig.POOL, 8080, Tcp.ACK);
            case 5 -> frames.udp(server + random.nextInt(100), port(), WorkerRig.POOL, 5353, 20);
            case 6 -> frames.udp(server, port(), WorkerRig.POOL, 5354, 20);
            case 7 -> frames.udp(server, port(), ip(9, 9, 9, 9), port(), 20);
            case 8 -> frames.error(server, WorkerRig.POOL, Icmp.TIME_EXCEEDED, WorkerRig.POOL, port(), server, 53);
            case 9 -> frames.tcp(server, 80, WorkerRig.POOL, port(), Tcp.SYN | Tcp.ACK);
            case 10 -> frames.echo(server, WorkerRig.POOL, Icmp.ECHO_REPLY, port());
            case 11 -> frames.udp(WorkerRig.CLIENT, port(), WorkerRig.POOL, 5353, 20);
            case 12 -> errorToAnother(frames, server);
            case 13 -> frames.echo(server, WorkerRig.POOL, Icmp.TIMESTAMP_REPLY, port());
            default -> frames.udp(server, 53, WorkerRig.WAN, port(), 20);
        };
    }

    /** About a packet of the router's, to a host that did not send it. */
    private byte[] errorToAnother(final TestFrames frames, final int server) {
        final int other = random.nextBoolean() ? WorkerRig.WAN : WorkerRig.CLIENT;
        return frames.error(server, other, Icmp.TIME_EXCEEDED, WorkerRig.POOL, port(), server, 53);
    }

    private byte[] fromSecond(final TestFrames frames) {
        frames.ttl(64).dontFragment(random.nextBoolean());
        return random.nextBoolean()
                ? frames.udp(WorkerRig.DMZ_HOST, port(), WorkerRig.CLIENT, port(), 20)
                : frames.udp(WorkerRig.DMZ_HOST, port(), WorkerRig.SERVER, 53, 20);
    }
}
