package org.portolan.control.device;

import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;
import org.portolan.control.config.Config;
import org.portolan.dataplane.io.PacketRing;
import org.portolan.dataplane.system.NetworkDevice;

/**
 * One interface's link, as control knows it: the device, the driver that a worker has on it, and what the kernel
 * lost. Control's thread.
 */
public final class Link {
    private final int port;
    private final Config.Interface config;
    private final AtomicCounter kernelLost;
    private final AtomicCounter linkDowns;
    private final AtomicCounter reopened;
    private volatile NetworkDevice device;
    private volatile boolean up;
    private PacketRing ring;
    private boolean anew;

    /** @param port index among the workers' ports */
    public Link(
            final int port,
            final Config.Interface config,
            final NetworkDevice device,
            final PacketRing ring,
            final CountersManager counters) {
        this.port = port;
        this.config = config;
        this.device = device;
        this.ring = ring;
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

    /** How often the device was opened anew. */
    public long reopened() {
        return reopened.get();
    }

    PacketRing ring() {
        return ring;
    }

    /** @param madeAgain whether the device is another one of the same name */
    void replaced(final PacketRing replacement, final boolean madeAgain) {
        ring = replacement;
        anew |= madeAgain;
        reopened.incrementRelease();
    }

    /** Whether the device was made again since this was asked last: it is made down, and comes up only later. */
    boolean takeAnew() {
        final boolean was = anew;
        anew = false;
        return was;
    }

    void seen(final NetworkDevice now, final boolean nowUp) {
        if (up && !nowUp) {
            linkDowns.incrementRelease();
        }
        device = now;
        up = nowUp;
    }

    /** Adds what the kernel lost since the last call. */
    void addLost(final int frames) {
        kernelLost.getAndAddRelease(frames);
    }
}
