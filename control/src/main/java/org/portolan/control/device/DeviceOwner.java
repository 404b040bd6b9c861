package org.portolan.control.device;

import java.io.IOException;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.portolan.control.config.Config;
import org.portolan.control.log.Log;
import org.portolan.dataplane.system.DeviceClaim;
import org.portolan.dataplane.system.Errno;
import org.portolan.dataplane.system.LibcException;
import org.portolan.dataplane.system.NetworkDevice;
import org.portolan.dataplane.system.UnixPeer;

/**
 * Claims devices for this router. Two routers on one device would each answer and forward every frame.
 *
 * <p>Any local user can take a claim's name. One that a user took who runs no router here is reported and passed over,
 * or everybody could keep the router from starting.
 */
public final class DeviceOwner {
    private final IntPredicate runsRouters;
    private final Log log;

    /** @param runsRouters whether a router may run as the user with that number: root, this process, control.user */
    public DeviceOwner(final IntPredicate runsRouters, final Log log) {
        this.runsRouters = runsRouters;
        this.log = log;
    }

    /**
     * Claims the device of an interface, if another router could open it too.
     *
     * @throws IOException when another router has it; the message names that router's process
     */
    public DeviceClaim claim(final Config.Interface asked, final NetworkDevice device) throws IOException {
        if (!asked.driver().driver().capabilities().besideKernel()) {
            return DeviceClaim.none();
        }
        try {
            return DeviceClaim.take(device.index());
        } catch (final LibcException e) {
            if (e.errno() != Errno.EADDRINUSE) {
                throw e;
            }
            return claimOfAnother(asked, device);
        }
    }

    private DeviceClaim claimOfAnother(final Config.Interface asked, final NetworkDevice device) throws IOException {
        final Optional<UnixPeer> holder = DeviceClaim.holder(device.index());
        holder.ifPresent(UnixPeer::close);
        if (holder.isPresent() && runsRouters.test(holder.get().uid())) {
            throw new IOException(
                    "interfaces.%s.device: %s has a router already, process %d. A device has one router: stop that one first"
                            .formatted(asked.name(), device.name(), holder.get().pid()));
        }
        log.warn(
                "%s: %s holds the socket name @%s and runs no router here. The router goes on, and cannot tell whether"
                        + " another one uses device %s",
                asked.name(),
                holder.map(peer -> "process %d of uid %d".formatted(peer.pid(), peer.uid()))
                        .orElse("a process that does not answer"),
                DeviceClaim.name(device.index()),
                device.name());
        return DeviceClaim.none();
    }
}
