package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.JsonValue;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.dataplane.io.packet.PacketRing;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.InternetChecksum;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Udp;

/**
 * The worker's thread allocates nothing on the heap, whatever comes: established flows, new sessions, neighbors that do
 * not answer, ICMP errors, pings to the router, refused frames, and a receive ring that overflows. Measured on the real
 * worker in its own process, on real rings, by the JVM's own count for that thread.
 */
@NeedsRoot
class AllocationE2eTest {
    private static final int WARM_UP_FRAMES = 400_000;
    private static final int FRAMES = 150_000;
    private static final int WINDOWS = 4;
    private static final int FRAME_BYTES = Ethernet.MINIMUM_FRAME_BYTES;
    private static final int UDP_BYTES = FRAME_BYTES - Ethernet.HEADER_BYTES - Ipv4.HEADER_BYTES;
    private static final int SERVER = 0xCB007101;
    private static final int CLIENT = 0xC0A8010A;
    private static final int ROUTER = 0xC0A80101;
    private static final int ABSENT = 0xCB007164;
    private static final int BATCH = 64;

    /**
     * With C1 only: what the worker takes then, its code takes. Each window is exactly 0. With C2, HotSpot makes the
     * string constants of a class on the worker's thread when it hands a method of that class to C2, once; those are
     * some hundred bytes in all, and no window has as much as one frame in a hundred would take.
     */
    @ParameterizedTest
    @CsvSource({"1, 0", "4, 1500"})
    void shouldAllocateNothingForAnyKindOfFrame(final int tier, final long mostBytes) throws Exception {
        try (Lab lab = Lab.builder().build();
                PortolanProcess router = PortolanProcess.in(lab)
                        .idle("busy")
                        .jvm("-XX:TieredStopAtLevel=" + tier)
                        .build();
                Slab frame = Slab.allocate(256, "a test frame")) {
            router.start();
            final Host client = lab.client();
            assertThat(client.ping(Lab.SERVER_ADDRESS).received()).isPositive();
            final long routerMac =
                    Long.parseLong(lab.router().deviceMac(Lab.LAN).replace(":", ""), 16);
            final long clientMac = Long.parseLong(client.mac().replace(":", ""), 16);
            final int index = client.namespace().deviceIndex(Host.DEVICE);
            try (PacketRing ring = client.namespace().call(() -> new PacketRing(Host.DEVICE, index, 1500))) {
                Ethernet.putHeader(frame.address() + 64, routerMac, clientMac, Ethernet.TYPE_IPV4);
                flood(ring, frame.address() + 64, WARM_UP_FRAMES, 0);
                Thread.sleep(5_000);
                flood(ring, frame.address() + 64, WARM_UP_FRAMES, 0);
                Thread.sleep(1_000);
                final long[] allocated = new long[WINDOWS];
                for (int window = 0; window < WINDOWS; window++) {
                    final JsonValue before = router.askJson("stats").get("frames");
                    flood(ring, frame.address() + 64, FRAMES, 1);
                    Thread.sleep(100);
                    final JsonValue after = router.askJson("stats").get("frames");
                    final long carried = after.get("received").number()
                            - before.get("received").number();
                    assertThat(carried).as("frames in the window").isGreaterThan(FRAMES / 4);
                    allocated[window] = after.get("allocated_bytes").number()
                            - before.get("allocated_bytes").number();
                }
                assertThat(Arrays.stream(allocated))
                        .as("heap bytes of each window of %d frames", FRAMES)
                        .allMatch(bytes -> bytes <= mostBytes);
            }
            for (final String reason : new String[] {"ttl_expired", "neighbor_unreachable", "inside_untranslated"}) {
                assertThat(router.drops(reason)).as(reason).isPositive();
            }
            RouterChecks.assertLogIsClean(router);
        }
    }

    /**
     * Flat out, which is faster than a cold router, so the receive ring overflows too; or with a pause after each 512
     * frames, so that a busy machine's router still sees them all.
     */
    private static void flood(final PacketRing ring, final long frame, final int count, final long pauseMs)
            throws InterruptedException {
        for (int i = 0; i < count; i++) {
            write(frame, i);
            ring.send(frame, FRAME_BYTES, 0);
            if (i % BATCH == 0) {
                ring.flush(System.nanoTime());
            }
            if (pauseMs > 0 && i % (8 * BATCH) == 0) {
                Thread.sleep(pauseMs);
            }
        }
        ring.flush(System.nanoTime());
    }

    private static void write(final long frame, final int number) {
        final int port = 1024 + number / 16 % 60_000;
        switch (number % 16) {
            case 0 -> udp(frame, CLIENT, 64, SERVER, port);
            case 1 -> udp(frame, CLIENT, 1, SERVER, port);
            case 2 -> udp(frame, CLIENT, 64, ABSENT + number / 16 % 100, 999);
            case 3 -> udp(frame, 0x0A010203, 64, SERVER, port);
            case 4 -> echo(frame);
            case 5 -> udp(frame, CLIENT, 64, ROUTER, port);
            default -> udp(frame, CLIENT, 64, SERVER, 2000 + number % 1000);
        }
    }

    private static void udp(
            final long frame, final int source, final int ttl, final int destination, final int sourcePort) {
        final long ip = frame + Ethernet.HEADER_BYTES;
        Ipv4.putHeader(ip, Ipv4.HEADER_BYTES + UDP_BYTES, 0, true, ttl, Ipv4.UDP, source, destination);
        Udp.putHeader(ip + Ipv4.HEADER_BYTES, sourcePort, 9, UDP_BYTES, 0);
    }

    private static void echo(final long frame) {
        final long ip = frame + Ethernet.HEADER_BYTES;
        Ipv4.putHeader(ip, Ipv4.HEADER_BYTES + UDP_BYTES, 0, true, 64, Ipv4.ICMP, CLIENT, ROUTER);
        final long icmp = ip + Ipv4.HEADER_BYTES;
        Icmp.putHeader(icmp, Icmp.ECHO_REQUEST, 0, 0x0001_0001);
        Memory.zero(icmp + Icmp.HEADER_BYTES, UDP_BYTES - Icmp.HEADER_BYTES);
        Icmp.putChecksum(icmp, InternetChecksum.of(icmp, UDP_BYTES));
    }
}
