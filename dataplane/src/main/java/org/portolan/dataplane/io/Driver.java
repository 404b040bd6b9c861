package org.portolan.dataplane.io;

import java.util.List;
import java.util.Optional;
import org.portolan.dataplane.system.NetworkDevice;

/** A way to reach devices of one kind. It keeps nothing: what is open is a {@link DeviceIo}. Control's thread. */
public interface Driver {
    /** What the driver can do, and what it asks of the router. */
    Capabilities capabilities();

    /**
     * The device of that name as the router would have it.
     *
     * @param mac of the router's end, for a driver whose devices have none of their own there
     * @param present every device of the network namespace
     * @return empty when the device must be there before the router starts, and is not
     */
    Optional<NetworkDevice> find(String name, long mac, List<NetworkDevice> present);

    /**
     * Opens the device, in the calling thread's network namespace, and receives from now on.
     *
     * @param device as {@link #find} returned it
     * @throws org.portolan.dataplane.system.LibcException with the remedy, for instance when a privilege is missing
     */
    DeviceIo open(NetworkDevice device);
}
