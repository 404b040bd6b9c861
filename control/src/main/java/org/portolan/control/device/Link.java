package org.portolan.control.device;

import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;
import org.portolan.control.config.Config;
import org.portolan.dataplane.io.DeviceIo;
import org.portolan.dataplane.system.DeviceClaim;
import org.portolan.dataplane.system.NetworkDevice;

/**
 * One interface's link, as control knows it: the device, the claim on it, the driver that a worker has on it, and what
 * the kernel lost. Control's thread.
 */
public final class Link implements AutoCloseable {
    private final int port;
    private final Config.Interface config;
    private final AtomicCounter kernelLost;
    private final AtomicCounter linkDowns;
    private final AtomicCounter reopened;
    private volatile NetworkDevice device;
    private volatile boolean up;
    private volatile String kernelUse = "";
    private DeviceClaim claim;
    private DeviceIo io;
    private boolean anew;
    private boolean untold;

    /**
     * @param port index among the workers' ports
     * @param claim closed with this link
     */
    public Link(
            final int port,
            final Config.Interface config,
            final NetworkDevice device,
            final DeviceClaim claim,
            final DeviceIo io,
            final CountersManager counters) {
        this.port = port;
        this.config = config;
        this.device = device;
        this.claim = claim;
        this.io = io;
        up = device.up();
        final String prefix = "interface." + config.name() + ".";
        kernelLost = counters.newCounter(prefix + "kernel_lost");
        linkDowns = counters.newCounter(prefix + "link_downs");
        reopened = counters.newCounter(prefix + "reopened");
    }

    public int port() {
        return port;
    }

    public Config.Interface config() {
        return config;
    }

    /** The device as it was last seen; any thread. */
    public NetworkDevice device() {
        return device;
    }

    /** Any thread. */
    public boolean isUp() {
        return up;
    }

    /** Frames that the kernel lost because the receive ring was full. */
    public long kernelLost() {
        return kernelLost.get();
    }

    /** How often the link went down or vanished. */
    public long linkDowns() {
        return linkDowns.get();
    }

    /** How often the device was opened again. */
    public long reopened() {
        return reopened.get();
    }

    /** What the kernel does on the device beside the router, as a sentence; empty when it does nothing. Any thread. */
    public String kernelUse() {
        return kernelUse;
    }

    void kernelUse(final String now) {
        kernelUse = now;
    }

    /** The device was made again: the claim on the old index is given up. */
    void claimed(final DeviceClaim now) {
        claim.close();
        claim = now;
    }

    DeviceIo io() {
        return io;
    }

    /** A worker was ordered to change over to a driver on {@code now}, and does not know its link yet. */
    void replaced(final DeviceIo replacement, final NetworkDevice now) {
        io = replacement;
        anew |= now.index() != device.index();
        device = now;
        untold = true;
        reopened.incrementRelease();
    }

    /** Whether the worker does not know of this state of the device yet. */
    boolean differsFrom(final NetworkDevice now) {
        return untold || now.up() != up || now.mtu() != device.mtu() || now.mac() != device.mac();
    }

    /** Whether the device was made again since this was asked last: it is made down, and comes up only later. */
    boolean takeAnew() {
        final boolean was = anew;
        anew = false;
        return was;
    }

    /** The worker knows this state of the device. */
    void seen(final NetworkDevice now, final boolean nowUp) {
        if (up && !nowUp) {
            linkDowns.incrementRelease();
        }
        device = now;
        up = nowUp;
        untold = false;
    }

    /** Adds what the kernel lost since the last call. */
    void addLost(final int frames) {
        kernelLost.getAndAddRelease(frames);
    }

    /** After control's thread has ended. */
    @Override
    public void close() {
        claim.close();
    }
}
