package org.portolan.control.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.portolan.control.config.Config;
import org.portolan.control.config.Subnet;
import org.portolan.control.log.Log;
import org.portolan.dataplane.driver.Drivers;
import org.portolan.dataplane.system.DeviceClaim;
import org.portolan.dataplane.system.NetworkDevice;

class DeviceOwnerTest {
    private static final Config.Interface LAN = new Config.Interface(
            "lan", "eth7", Config.Role.INSIDE, 0xC0A80101, Subnet.around(0xC0A80101, 24), "office", Drivers.PACKET);

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Log log = new Log(
            new PrintStream(said, true, StandardCharsets.UTF_8), Log.Style.JOURNAL, Log.Level.DEBUG, () -> 0, () -> 0);
    private final long self = ProcessHandle.current().pid();
    private final NetworkDevice device =
            new NetworkDevice(2_010_000_000 + (int) self % 1_000_000, "eth7", 1, 1500, true, false, List.of());

    @Test
    void shouldNameTheProcessThatHasTheDevice() throws IOException {
        final DeviceOwner owner = new DeviceOwner(uid -> true, log);

        try (DeviceClaim _ = owner.claim(LAN, device)) {
            assertThatThrownBy(() -> owner.claim(LAN, device))
                    .isInstanceOf(IOException.class)
                    .hasMessage("interfaces.lan.device: eth7 has a router already, process " + self
                            + ". A device has one router: stop that one first");
        }
        owner.claim(LAN, device).close();
        assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    /** Any local user can take the name; only a user who runs routers keeps one from starting. */
    @Test
    void shouldGoOnWhenSomebodyElseHasTakenTheName() throws IOException {
        final DeviceOwner owner = new DeviceOwner(uid -> false, log);

        try (DeviceClaim _ = DeviceClaim.take(device.index())) {
            owner.claim(LAN, device).close();
            assertThat(said.toString(StandardCharsets.UTF_8))
                    .contains("lan: process " + self + " of uid ", "holds the socket name @portolan-device-")
                    .contains("runs no router here");
            assertThatThrownBy(() -> DeviceClaim.take(device.index())).hasMessageContaining("EADDRINUSE");
        }
    }
}
