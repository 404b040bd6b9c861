package org.portolan.control.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.agrona.concurrent.status.CountersManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.portolan.control.config.Config;
import org.portolan.control.config.Subnet;
import org.portolan.control.log.Log;
import org.portolan.dataplane.command.CommandAdapter;
import org.portolan.dataplane.command.CommandHandler;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.command.Wakeup;
import org.portolan.dataplane.driver.Drivers;
import org.portolan.dataplane.system.DeviceClaim;
import org.portolan.dataplane.system.Errno;
import org.portolan.dataplane.system.NetworkDevice;

/** Devices that change under a running router, in a system that the test makes up. */
class LinkWatchTest implements CommandHandler {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long MAC = 0x0200_0000_0007L;
    private static final Config.Interface LAN = new Config.Interface(
            "lan", "eth7", Config.Role.INSIDE, 0xC0A80101, Subnet.around(0xC0A80101, 24), "office", Drivers.PACKET);

    /** Indexes that no device of a test machine has: claims are real. */
    private static final int FIRST =
            2_020_000_000 + (int) (ProcessHandle.current().pid() % 1_000_000) * 4;

    private final FakeLinks system = new FakeLinks();
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Log log = new Log(
            new PrintStream(said, true, StandardCharsets.UTF_8), Log.Style.JOURNAL, Log.Level.DEBUG, () -> 0, () -> 0);
    private final OneToOneRingBuffer ring = new OneToOneRingBuffer(
            new UnsafeBuffer(ByteBuffer.allocateDirect(1024 + RingBufferDescriptor.TRAILER_LENGTH)));
    private final CommandAdapter worker = new CommandAdapter(ring, this);
    private final List<String> commands = new ArrayList<>();
    private final List<String> linkUps = new ArrayList<>();
    private final Wakeup wakeup = new Wakeup();
    private final FakeLinks.FakeIo first = system.new FakeIo("eth7", 1500);
    private Link link;
    private LinkWatch watch;
    private long nowNs;

    private static NetworkDevice device(final int index, final int mtu, final boolean up, final String... addresses) {
        return new NetworkDevice(index, "eth7", MAC, mtu, up, false, List.of(addresses));
    }

    @BeforeEach
    void open() {
        final NetworkDevice atStart = device(FIRST, 1500, true);
        system.present.add(atStart);
        link = new Link(
                0,
                LAN,
                atStart,
                DeviceClaim.take(FIRST),
                first,
                new CountersManager(
                        new UnsafeBuffer(ByteBuffer.allocateDirect(1 << 16)),
                        new UnsafeBuffer(ByteBuffer.allocateDirect(1 << 14))));
        watch = new LinkWatch(
                List.of(link),
                system,
                new CommandProxy(ring, wakeup),
                (port, mac, anew) -> linkUps.add(anew ? "another device" : "same device"),
                system,
                log);
        poll();
        assertThat(commands).isEmpty();
    }

    @AfterEach
    void close() {
        watch.close();
        link.close();
        wakeup.close();
    }

    @Override
    public void onExpire(final int session, final int generation, final int lastSeenWord) {
        commands.add("expire");
    }

    @Override
    public void onRecheck(final int session, final int epoch) {
        throw new AssertionError("nobody asked");
    }

    @Override
    public void onLink(final int port, final boolean up, final int mtu, final long mac) {
        commands.add((up ? "up " : "down ") + mtu);
    }

    @Override
    public void onReplaceIo(final int port) {
        commands.add("replace");
        system.workerTakes(first);
    }

    @Override
    public void onSwapLatency() {
        commands.add("swap");
    }

    private void now(final NetworkDevice... devices) {
        system.present.clear();
        system.present.addAll(List.of(devices));
        system.changed = true;
    }

    /** Control's look, three seconds after the last one, and the worker's. */
    private void poll() {
        look();
        work();
    }

    /** A read ends where the ring's memory ends. */
    private void work() {
        worker.poll();
        worker.poll();
    }

    private void look() {
        nowNs += 3 * SECOND_NS;
        watch.poll(nowNs);
    }

    private String said() {
        final String text = said.toString(StandardCharsets.UTF_8);
        said.reset();
        return text;
    }

    @Test
    void shouldTellTheWorkerOfALinkThatGoesDownAndComesUp() {
        now(device(FIRST, 1500, false));
        poll();
        assertThat(link.isUp()).isFalse();
        now(device(FIRST, 1500, true));
        poll();

        assertThat(commands).containsExactly("down 1500", "up 1500");
        assertThat(linkUps).containsExactly("same device");
        assertThat(link.linkDowns()).isEqualTo(1);
        assertThat(said()).contains("lan: device eth7 is down", "lan: device eth7 is up");
    }

    @Test
    void shouldLookOnceMoreWithoutBeingToldAndNotMoreOftenThanThat() {
        final int before = system.lists;
        watch.poll(nowNs + SECOND_NS);
        assertThat(system.lists).isEqualTo(before);
        watch.poll(nowNs + 2 * SECOND_NS);
        assertThat(system.lists).isEqualTo(before + 1);
    }

    /** The fault that was: a failed dump seemed to be an empty list, and every device seemed to be gone. */
    @Test
    void shouldTakeLinksAsTheyWereWhenTheDevicesCannotBeListed() {
        system.listErrno = Errno.ENOBUFS;
        poll();

        assertThat(link.isUp()).isTrue();
        assertThat(commands).isEmpty();
        assertThat(said()).contains("cannot list the devices", "ENOBUFS");
        system.listErrno = 0;
        now(device(FIRST, 1500, false));
        poll();
        assertThat(commands).containsExactly("down 1500");
    }

    @Test
    void shouldOpenADeviceThatWasMadeAgainAndMoveTheClaim() {
        now();
        poll();
        assertThat(said()).contains("device eth7 is gone");
        now(device(FIRST + 1, 1500, true));
        poll();
        poll();

        assertThat(commands).containsExactly("down 1500", "replace", "up 1500");
        assertThat(linkUps).containsExactly("another device");
        assertThat(system.renewed).containsExactly("eth7");
        assertThat(first.closed).isTrue();
        DeviceClaim.take(FIRST).close();
        assertThat(catchThrowable(() -> DeviceClaim.take(FIRST + 1))).hasMessageContaining("EADDRINUSE");
    }

    /** Each has the claim that the other wants: both are given up before one is taken. */
    @Test
    void shouldOpenTwoDevicesThatExchangedTheirNames() {
        final Config.Interface dmz = new Config.Interface(
                "dmz", "eth8", Config.Role.INSIDE, 0xC0A80201, Subnet.around(0xC0A80201, 24), "dmz", Drivers.PACKET);
        try (Link other = new Link(
                        1,
                        dmz,
                        new NetworkDevice(FIRST + 1, "eth8", MAC, 1500, true, false, List.of()),
                        DeviceClaim.take(FIRST + 1),
                        system.new FakeIo("eth8", 1500),
                        new CountersManager(
                                new UnsafeBuffer(ByteBuffer.allocateDirect(1 << 16)),
                                new UnsafeBuffer(ByteBuffer.allocateDirect(1 << 14))));
                LinkWatch both = new LinkWatch(
                        List.of(link, other),
                        system,
                        new CommandProxy(ring, wakeup),
                        (port, mac, anew) -> linkUps.add("port " + port),
                        system,
                        log)) {
            now(
                    new NetworkDevice(FIRST, "eth8", MAC, 1500, true, false, List.of()),
                    new NetworkDevice(FIRST + 1, "eth7", MAC, 1500, true, false, List.of()));
            both.poll(0);
        }
        assertThat(linkUps).containsExactly("port 0", "port 1");
        assertThat(said()).doesNotContain("EADDRINUSE", "stays closed");
    }

    @Test
    void shouldNotOpenADeviceThatAnotherRouterTook() {
        system.ownedByOthers.add(FIRST + 1);
        now(device(FIRST + 1, 1500, true));
        poll();
        assertThat(system.opened).isEmpty();
        assertThat(said()).contains("has a router already");

        system.ownedByOthers.clear();
        poll();
        assertThat(commands).containsExactly("replace", "up 1500");
    }

    @Test
    void shouldGiveTheClaimBackWhenADeviceCannotBeOpened() {
        system.openErrno = Errno.EMFILE;
        now(device(FIRST + 1, 1500, true));
        poll();

        assertThat(said()).contains("cannot be opened again", "EMFILE");
        assertThat(first.receiving).isTrue();
        DeviceClaim.take(FIRST + 1).close();

        system.openErrno = 0;
        poll();
        assertThat(commands).containsExactly("replace", "up 1500");
    }

    @Test
    void shouldOpenAgainForALargerMtuAndNotForASmallerOne() {
        now(device(FIRST, 1400, true));
        poll();
        assertThat(commands).containsExactly("up 1400");
        now(device(FIRST, 9000, true));
        poll();

        assertThat(commands).containsExactly("up 1400", "replace", "up 9000");
        assertThat(link.reopened()).isEqualTo(1);
        assertThat(system.renewed).isEmpty();
    }

    @Test
    void shouldGoOnWithTheOldDriverWhileTheCommandRingIsFull() {
        while (ring.write(99, new UnsafeBuffer(new byte[8]), 0, 8)) {
            // Full.
        }
        now(device(FIRST, 9000, true));
        look();
        assertThat(system.opened).singleElement().matches(io -> io.closed);
        assertThat(first.receiving).isTrue();
        assertThat(first.closed).isFalse();

        work();
        poll();
        assertThat(commands).containsExactly("replace", "up 9000");
    }

    /** The change-over went through and the word about the link did not: it is said again, not opened again. */
    @Test
    void shouldTellOfTheLinkLaterWhenTheCommandRingFilledUpInBetween() {
        final UnsafeBuffer word = new UnsafeBuffer(new byte[8]);
        while (ring.capacity() - ring.size() > 48) {
            ring.write(99, word, 0, 8);
        }
        now(device(FIRST + 1, 1500, true));
        look();
        final boolean split = link.reopened() == 1 && linkUps.isEmpty();
        work();
        poll();
        poll();

        assertThat(split).as("the ring took one command and not the other").isTrue();
        assertThat(commands).containsExactly("replace", "up 1500");
        assertThat(link.reopened()).isEqualTo(1);
        assertThat(linkUps).containsExactly("another device");
    }

    @Test
    void shouldCloseADriverThatTheWorkerNeverTook() {
        now(device(FIRST, 4000, true));
        look();
        now(device(FIRST, 9000, true));
        look();
        work();
        look();

        assertThat(system.opened).hasSize(2);
        assertThat(system.opened.get(0).closed).isTrue();
        assertThat(system.opened.get(1).closed).isFalse();
        assertThat(first.closed).isTrue();
    }

    @Test
    void shouldReportWhatTheKernelDoesOnTheDeviceOnceAndItsEndOnce() {
        now(device(FIRST, 1500, true, "198.51.100.7/24"));
        poll();
        poll();
        assertThat(link.kernelUse()).contains("198.51.100.7/24");
        assertThat(said()).containsOnlyOnce("ip -4 address flush dev eth7");

        now(new NetworkDevice(FIRST, "eth7", MAC, 1500, true, true, List.of()));
        poll();
        assertThat(said()).contains("sysctl -w net.ipv4.conf.eth7.forwarding=0");

        now(device(FIRST, 1500, true));
        poll();
        poll();
        assertThat(link.kernelUse()).isEmpty();
        assertThat(said()).containsOnlyOnce("leaves device eth7 to the router again");
        assertThat(commands).isEmpty();
    }
}
