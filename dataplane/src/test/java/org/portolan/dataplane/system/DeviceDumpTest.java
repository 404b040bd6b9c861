package org.portolan.dataplane.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.portolan.dataplane.system.FakeRouteKernel.address;
import static org.portolan.dataplane.system.FakeRouteKernel.datagram;
import static org.portolan.dataplane.system.FakeRouteKernel.done;
import static org.portolan.dataplane.system.FakeRouteKernel.error;
import static org.portolan.dataplane.system.FakeRouteKernel.forwarding;
import static org.portolan.dataplane.system.FakeRouteKernel.link;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceDumpTest {
    private static final byte[] LAN = link(0, 2, "lan", 1500);
    private static final byte[] WAN = link(0, 3, "wan", 9000);

    private final FakeRouteKernel kernel = new FakeRouteKernel();

    @Test
    void shouldJoinLinksAddressesAndForwardingOverSeveralDatagrams() {
        kernel.answer(datagram(LAN), datagram(WAN, done()))
                .answer(datagram(address(3, 24, 198, 51, 100, 7)), datagram(address(3, 32, 198, 51, 100, 8)), done())
                .answer(datagram(forwarding(-1, 1), forwarding(2, 0), forwarding(3, 1)), done());

        assertThat(DeviceDump.devices(kernel))
                .containsExactly(
                        new NetworkDevice(2, "lan", 0x0200_0000_0002L, 1500, true, false, List.of()),
                        new NetworkDevice(
                                3,
                                "wan",
                                0x0200_0000_0003L,
                                9000,
                                true,
                                true,
                                List.of("198.51.100.7/24", "198.51.100.8/32")));
        assertThat(kernel.requests)
                .containsExactly(DeviceDump.RTM_GETLINK, DeviceDump.RTM_GETADDR, DeviceDump.RTM_GETNETCONF);
    }

    /**
     * After a fast flap IFF_RUNNING stays away for up to a second, in which a working link was taken for a dead one.
     */
    @Test
    void shouldJudgeALinkByItsCarrierAndNotByItsOperationalState() {
        final int running = 0x40;
        kernel.answer(
                datagram(
                        link(0, 2, "flapped", 1500, DeviceDump.IFF_UP | DeviceDump.IFF_LOWER_UP),
                        link(0, 3, "unplugged", 1500, DeviceDump.IFF_UP | running),
                        link(0, 4, "off", 1500, DeviceDump.IFF_LOWER_UP)),
                done());

        assertThat(DeviceDump.devices(kernel))
                .extracting(NetworkDevice::name, NetworkDevice::up)
                .containsExactly(tuple("flapped", true), tuple("unplugged", false), tuple("off", false));
    }

    /** The fault that was: an error in the middle was taken for the end, and devices seemed to be gone. */
    @Test
    void shouldNotTakeAnErrorForTheEndOfTheList() {
        kernel.answer(datagram(LAN), error(Errno.ENOBUFS));

        assertThatThrownBy(() -> DeviceDump.devices(kernel))
                .isInstanceOfSatisfying(
                        LibcException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOBUFS))
                .hasMessageContaining("rtnetlink dump of the links");
    }

    @Test
    void shouldReadTheErrorThatAnEndCarries() {
        kernel.answer(
                datagram(LAN),
                FakeRouteKernel.message(DeviceDump.NLMSG_DONE, 0, FakeRouteKernel.number(-Errno.ENOMEM)));

        assertThatThrownBy(() -> DeviceDump.devices(kernel)).hasMessageContaining("ENOMEM");
    }

    @Test
    void shouldAskAgainWhenTheDevicesChangedMeanwhile() {
        kernel.answer(datagram(link(DeviceDump.NLM_F_DUMP_INTR, 2, "lan", 1500)), done())
                .answer(done())
                .answer(done())
                .answer(datagram(LAN, WAN), done());

        assertThat(DeviceDump.devices(kernel)).extracting(NetworkDevice::name).containsExactly("lan", "wan");
    }

    @Test
    void shouldGiveUpOnDevicesThatNeverStopChanging() {
        for (int i = 0; i < DeviceDump.ATTEMPTS; i++) {
            kernel.answer(datagram(link(DeviceDump.NLM_F_DUMP_INTR, 2, "lan", 1500)), done())
                    .answer(done())
                    .answer(done());
        }

        assertThatThrownBy(() -> DeviceDump.devices(kernel)).hasMessageContaining("EBUSY");
        assertThat(kernel.requests).hasSize(3 * DeviceDump.ATTEMPTS);
    }

    @Test
    void shouldGoOnAfterASignal() {
        kernel.answer(Errno.EINTR, datagram(LAN), Errno.EINTR, done());

        assertThat(DeviceDump.devices(kernel)).extracting(NetworkDevice::name).containsExactly("lan");
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.ENOBUFS, Errno.ENOMEM, Errno.EPERM, Errno.EAGAIN, Errno.EBADF})
    void shouldReportAFailedCall(final int errno) {
        kernel.answer(datagram(LAN), errno);
        assertThatThrownBy(() -> DeviceDump.devices(kernel))
                .isInstanceOfSatisfying(
                        LibcException.class, e -> assertThat(e.errno()).isEqualTo(errno));

        assertThatThrownBy(() -> DeviceDump.devices(new FakeRouteKernel().refuseSends(errno)))
                .isInstanceOfSatisfying(
                        LibcException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    /** Every message cut at every byte: a clear error, never a shorter list. */
    @Test
    void shouldRefuseATruncatedDatagram() {
        final byte[] whole = datagram(LAN, WAN);
        for (int bytes = 0; bytes < whole.length; bytes++) {
            if (bytes == LAN.length) {
                continue;
            }
            final byte[] cut = Arrays.copyOf(whole, bytes);
            assertThatThrownBy(() -> DeviceDump.devices(new FakeRouteKernel().answer(cut, done())))
                    .as("%d bytes", bytes)
                    .hasMessageContaining("EPROTO");
        }
    }

    @Test
    void shouldPassOverAnAnswerToAnEarlierRequest() {
        final byte[] late = link(0, 9, "late", 1500);
        late[8] = 99;
        kernel.answer(datagram(late, LAN), done());

        assertThat(DeviceDump.devices(kernel)).extracting(NetworkDevice::name).containsExactly("lan");
    }

    @Test
    void shouldSurviveAttributesOfAnyLength() {
        for (int length = 0; length < 64; length++) {
            final byte[] odd = link(0, 2, "lan", 1500);
            odd[32] = (byte) length;
            assertThat(DeviceDump.devices(new FakeRouteKernel().answer(odd, done())))
                    .hasSize(1);
        }
    }

    @Test
    void shouldListTheRealKernelsDevices() {
        assertThat(Netlink.devices()).anySatisfy(device -> {
            assertThat(device.name()).isEqualTo("lo");
            assertThat(device.mtu()).isPositive();
        });
    }
}
