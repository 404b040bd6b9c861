package org.portolan.control.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.config.Config;
import org.portolan.control.config.ConfigFile;
import org.portolan.control.config.Subnet;
import org.portolan.dataplane.driver.Drivers;
import org.portolan.dataplane.system.NetworkDevice;

class DeviceCheckTest {
    private static final Config.Interface LAN = new Config.Interface(
            "lan",
            "no-such-dev",
            Config.Role.INSIDE,
            0xC0A80101,
            Subnet.around(0xC0A80101, 24),
            "office",
            Drivers.PACKET);

    private static NetworkDevice device(final long mac, final String... addresses) {
        return new NetworkDevice(7, "no-such-dev", mac, 1500, true, false, List.of(addresses));
    }

    @Test
    void shouldTakeADeviceThatTheKernelDoesNotUse() {
        assertThat(DeviceCheck.refusal(LAN, device(0x02_0000_0001L))).isEmpty();
    }

    @Test
    void shouldRefuseADeviceWithAKernelAddressAndNameTheMendingCommand() {
        assertThat(DeviceCheck.refusal(LAN, device(0x02_0000_0001L, "198.51.100.77/24"))
                        .orElseThrow())
                .contains("interfaces.lan.device", "198.51.100.77/24", "ip -4 address flush dev no-such-dev")
                .doesNotContain("WARNING");
    }

    @Test
    void shouldWarnWhenTheMendingCommandWouldCutAConnection() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
            assertThat(client.isConnected()).isTrue();
            assertThat(DeviceCheck.establishedOn("127.0.0.1")).isPositive();
            assertThat(DeviceCheck.refusal(LAN, device(0x02_0000_0001L, "127.0.0.1/8"))
                            .orElseThrow())
                    .contains("WARNING", "would be cut");
        }
    }

    @Test
    void shouldRefuseADeviceWithoutAMac() {
        assertThat(DeviceCheck.refusal(LAN, device(0)).orElseThrow()).contains("not an Ethernet device");
    }

    @Test
    void shouldRefuseAStaticNeighborWithTheDevicesOwnMac(@TempDir final Path directory) throws IOException {
        final Path file = Files.writeString(directory.resolve("c.toml"), """
            [interfaces.lan]
            device = "no-such-dev"
            role = "inside"
            address = "192.168.1.1/24"
            [interfaces.wan]
            device = "eth0"
            role = "outside"
            address = "203.0.113.2/24"
            [[neighbors]]
            interface = "lan"
            address = "192.168.1.20"
            mac = "02:00:00:00:00:01"
            """);
        final Config config = ConfigFile.load(file).config().orElseThrow();

        assertThat(DeviceCheck.ownMacs(config, LAN, device(0x0200_0000_0002L))).isEmpty();
        assertThat(DeviceCheck.ownMacs(config, LAN, device(0x0200_0000_0001L)))
                .containsExactly("neighbors: 192.168.1.20 has the MAC 02:00:00:00:00:01, which is the device"
                        + " no-such-dev's own; name the host's");
    }

    @Test
    void shouldSayWhichDevicesThereAre() {
        assertThat(DeviceCheck.missing(LAN, List.of(device(1), device(2))))
                .contains("there is no device \"no-such-dev\"", "no-such-dev, no-such-dev");
    }
}
