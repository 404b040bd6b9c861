package org.portolan.dataplane.io;

import java.util.List;
import java.util.Optional;
import org.portolan.dataplane.system.NetworkDevice;

/** An open device: what a worker exchanges frames through, and what control asks of it meanwhile. */
public interface DeviceIo extends FrameIo {
    /** The MTU that its buffers were made for, bytes. */
    int mtu();

    /**
     * The device as it is now: its link, its MTU, its MAC. Control's call.
     *
     * @param present every device of the network namespace now
     * @return empty while there is no such device; one with another index when the device was made again, or can be,
     *     and {@link #successor} is wanted
     */
    Optional<NetworkDevice> device(List<NetworkDevice> present);

    /** Frames that were lost since the last call because there was no room. Control's call. */
    int takeLost();

    /**
     * Opens a driver on {@code now} that receives in place of this one from now on. This one keeps what it holds: the
     * worker reads it to its end before it changes over. Control's call.
     *
     * @throws org.portolan.dataplane.system.LibcException when it cannot be opened; then this one goes on
     */
    DeviceIo successor(NetworkDevice now);

    /** Receives again after its {@link #successor} was given up. Control's call. */
    void resume();
}
