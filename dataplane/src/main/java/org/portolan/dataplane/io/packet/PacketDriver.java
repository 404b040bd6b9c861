package org.portolan.dataplane.io.packet;

import java.util.List;
import java.util.Optional;
import org.portolan.dataplane.io.Capabilities;
import org.portolan.dataplane.io.DeviceIo;
import org.portolan.dataplane.io.Driver;
import org.portolan.dataplane.system.NetworkDevice;

/** The driver {@code af_packet}: any Ethernet device of the kernel's, through AF_PACKET. */
public final class PacketDriver implements Driver {
    @Override
    public Capabilities capabilities() {
        return new Capabilities(true, true, true);
    }

    @Override
    public Optional<NetworkDevice> find(final String name, final long mac, final List<NetworkDevice> present) {
        return NetworkDevice.named(name, present);
    }

    @Override
    public DeviceIo open(final NetworkDevice device) {
        return new PacketRing(device.name(), device.index(), device.mtu());
    }
}
