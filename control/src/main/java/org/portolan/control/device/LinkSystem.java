package org.portolan.control.device;

import java.io.IOException;
import java.util.List;
import org.portolan.control.config.Config;
import org.portolan.dataplane.system.DeviceClaim;
import org.portolan.dataplane.system.NetworkDevice;

/** What {@link LinkWatch} asks of the system; a test puts one of its own in its place. Control's thread. */
public interface LinkSystem extends AutoCloseable {
    /** Whether a device changed since the last call, without waiting. */
    boolean changed();

    /**
     * Every device of the network namespace.
     *
     * @throws org.portolan.dataplane.system.LibcException when they cannot be listed whole
     */
    List<NetworkDevice> devices();

    /**
     * Claims a device that was made again.
     *
     * @throws IOException when another router has it
     */
    DeviceClaim claim(Config.Interface asked, NetworkDevice device) throws IOException;

    /** Keeps the kernel's stack off a device that was made again. */
    void renewIngress(String device);

    @Override
    void close();
}
