package org.portolan.control.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.portolan.control.config.Config;
import org.portolan.control.config.Subnet;
import org.portolan.dataplane.system.DeviceClaim;
import org.portolan.dataplane.system.NetworkDevice;

class DeviceOwnerTest {
    private static final Config.Interface LAN = new Config.Interface(
            "lan", "eth7", Config.Role.INSIDE, 0xC0A80101, Subnet.around(0xC0A80101, 24), "office");

    @Test
    void shouldNameTheProcessThatHasTheDevice() throws IOException {
        final long self = ProcessHandle.current().pid();
        final NetworkDevice device =
                new NetworkDevice(2_010_000_000 + (int) self % 1_000_000, "eth7", 1, 1500, true, false, List.of());

        try (DeviceClaim _ = DeviceOwner.claim(LAN, device)) {
            assertThatThrownBy(() -> DeviceOwner.claim(LAN, device))
                    .isInstanceOf(IOException.class)
                    .hasMessage("interfaces.lan.device: eth7 has a router already, process " + self
                            + ". A device has one router: stop that one first");
        }
    }

    @Test
    void shouldFindTheClaimsInodeInTheKernelsList() {
        final List<String> lines = List.of(
                "Num       RefCount Protocol Flags    Type St Inode Path",
                "0000000000000000: 00000002 00000000 00010000 0001 01 14211 /run/dbus/system_bus_socket",
                "0000000000000000: 00000003 00000000 00000000 0001 03 14212",
                "0000000000000000: 00000002 00000000 00000000 0002 01 14213 @portolan-device-71",
                "0000000000000000: 00000002 00000000 00000000 0002 01 14214 @portolan-device-7");

        assertThat(DeviceOwner.inode(lines, DeviceClaim.name(7))).contains("14214");
        assertThat(DeviceOwner.inode(lines, DeviceClaim.name(8))).isEmpty();
    }
}
