package org.portolan.control.device;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.portolan.control.log.Log;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.io.DeviceIo;
import org.portolan.dataplane.io.FrameIo;
import org.portolan.dataplane.system.DeviceClaim;
import org.portolan.dataplane.system.LibcException;
import org.portolan.dataplane.system.NetworkDevice;
import org.portolan.dataplane.worker.IoExchange;

/**
 * Keeps the workers' ports true to the kernel's devices: down, up, another MTU or MAC, deleted, made again. A device
 * that goes down and up rebinds by itself; one that is made again has another index and needs new sockets, which are
 * opened here and handed over. Control's thread.
 */
public final class LinkWatch implements AutoCloseable {
    /** Told when an interface has a link again. */
    public interface Listener {
        /** @param anew whether the device was made again: who was on its wire before need not be there now */
        void linkUp(int port, long mac, boolean anew);
    }

    /** A change that could not be carried out at once, or whose message was lost, is looked for this often. */
    private static final long RECHECK_NS = 2_000_000_000L;

    private static final String CLOSED = "The device stays closed; the router tries again every 2 s";

    private final List<Link> links;
    private final IoExchange worker;
    private final CommandProxy commands;
    private final Listener listener;
    private final LinkSystem system;
    private final Log log;
    private long nextCheckNs;

    public LinkWatch(
            final List<Link> links,
            final IoExchange worker,
            final CommandProxy commands,
            final Listener listener,
            final LinkSystem system,
            final Log log) {
        this.links = List.copyOf(links);
        this.worker = worker;
        this.commands = commands;
        this.listener = listener;
        this.system = system;
        this.log = log;
    }

    /** Looks at the devices when the kernel said that one changed, and now and then without such a message. */
    public int poll(final long nowNs) {
        closeLeft();
        if (!system.changed() && nowNs - nextCheckNs < 0) {
            return 0;
        }
        nextCheckNs = nowNs + RECHECK_NS;
        final List<NetworkDevice> devices;
        try {
            devices = system.devices();
        } catch (final LibcException e) {
            log.warn("cannot list the devices: %s. Link states stay as last seen", e.getMessage());
            return 1;
        }
        releaseClaims(devices);
        for (final Link link : links) {
            check(link, link.io().device(devices));
        }
        return 1;
    }

    public boolean isUp(final int port) {
        return links.get(port).isUp();
    }

    /** Adds what the drivers lost since the last call. */
    public void readStatistics() {
        links.forEach(this::readStatistics);
    }

    private void readStatistics(final Link link) {
        link.addLost(link.io().takeLost());
    }

    /** All before any is taken: two devices may have exchanged their names. */
    private void releaseClaims(final List<NetworkDevice> devices) {
        for (final Link link : links) {
            final Optional<NetworkDevice> found = link.io().device(devices);
            if (found.isPresent() && found.get().index() != link.device().index()) {
                link.claimed(DeviceClaim.none());
            }
        }
    }

    private void check(final Link link, final Optional<NetworkDevice> found) {
        final NetworkDevice before = link.device();
        if (found.isEmpty()) {
            if (link.isUp() && commands.link(link.port(), false, before.mtu(), before.mac())) {
                link.seen(before, false);
                log.warn(
                        "%s: device %s is gone; waiting for it to come back",
                        link.config().name(), before.name());
            }
            return;
        }
        final NetworkDevice now = found.get();
        reportKernelUse(link, now);
        if (now.index() != before.index() || now.mtu() > link.io().mtu()) {
            reopen(link, now);
            return;
        }
        if (link.differsFrom(now)) {
            tell(link, now);
        }
    }

    /** An address or forwarding that was switched on since the start: said once, and once more when it is gone. */
    private void reportKernelUse(final Link link, final NetworkDevice now) {
        final String use = DeviceCheck.kernelUse(link.config(), now).orElse("");
        if (use.equals(link.kernelUse())) {
            return;
        }
        link.kernelUse(use);
        if (use.isEmpty()) {
            log.info(
                    "%s: the kernel leaves device %s to the router again",
                    link.config().name(), now.name());
        } else {
            log.warn("%s", use);
        }
    }

    /** A full command ring: the recheck comes again. */
    private void tell(final Link link, final NetworkDevice now) {
        final boolean was = link.isUp();
        if (!commands.link(link.port(), now.up(), now.mtu(), now.mac())) {
            return;
        }
        link.seen(now, now.up());
        if (was != now.up()) {
            log.info("%s: device %s is %s", link.config().name(), now.name(), now.up() ? "up" : "down");
        }
        if (now.up()) {
            listener.linkUp(link.port(), now.mac(), link.takeAnew());
        }
    }

    private void reopen(final Link link, final NetworkDevice now) {
        if (!link.kernelUse().isEmpty()) {
            return; // It has been said; the device is looked at again every 2 s.
        }
        final Optional<String> refusal = DeviceCheck.refusal(link.config(), now);
        if (refusal.isPresent()) {
            log.warn("%s. " + CLOSED, refusal.get());
            return;
        }
        if (now.index() == link.device().index()) {
            replace(link, now);
            return;
        }
        final DeviceClaim claim;
        try {
            claim = system.claim(link.config(), now);
        } catch (final IOException | LibcException e) {
            log.warn("%s. " + CLOSED, e.getMessage());
            return;
        }
        if (replace(link, now)) {
            link.claimed(claim);
            system.renewIngress(now.name());
        } else {
            claim.close();
        }
    }

    /** Whether the worker was ordered to change over. */
    private boolean replace(final Link link, final NetworkDevice now) {
        final DeviceIo io;
        try {
            io = link.io().successor(now);
        } catch (final LibcException e) {
            log.warn("%s: device %s cannot be opened again: %s", link.config().name(), now.name(), e.getMessage());
            return false;
        }
        final FrameIo untaken = worker.handOver(link.port(), io);
        if (!commands.replaceIo(link.port()) && worker.handOver(link.port(), untaken) != null) {
            link.io().resume();
            io.close();
            return false;
        }
        close(untaken);
        readStatistics(link);
        link.replaced(io, now);
        log.info("%s: device %s was opened again", link.config().name(), now.name());
        tell(link, now);
        return true;
    }

    private void closeLeft() {
        for (final Link link : links) {
            close(worker.takeLeaving(link.port()));
        }
    }

    private static void close(final FrameIo io) {
        if (io != null) {
            io.close();
        }
    }

    @Override
    public void close() {
        system.close();
    }
}
