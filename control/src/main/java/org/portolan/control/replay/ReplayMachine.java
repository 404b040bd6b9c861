package org.portolan.control.replay;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;
import org.portolan.control.config.Config;
import org.portolan.control.device.LinkSystem;
import org.portolan.control.device.RouterMachine;
import org.portolan.dataplane.io.DeviceIo;
import org.portolan.dataplane.io.Driver;
import org.portolan.dataplane.system.DeviceClaim;
import org.portolan.dataplane.system.NetworkDevice;

/** A machine whose time is the replay's and began with it, whose devices are files, and whose chance is a seed. */
final class ReplayMachine implements RouterMachine {
    private static final int MOST_COUNTERS = 1024;
    private static final long MICRO_NS = 1_000;

    private final ReplayClock clock;
    private final Driver driver;
    private final List<NetworkDevice> devices;
    private final RandomGenerator random;
    private final CountersManager counters = new CountersManager(
            new UnsafeBuffer(ByteBuffer.allocateDirect(MOST_COUNTERS * CountersReader.METADATA_LENGTH)),
            new UnsafeBuffer(ByteBuffer.allocateDirect(MOST_COUNTERS * CountersReader.COUNTER_LENGTH)));

    /** @param seed the same one gives the same secrets: java.util.Random's sequence is part of its contract */
    ReplayMachine(final ReplayClock clock, final Driver driver, final List<NetworkDevice> devices, final long seed) {
        this.clock = clock;
        this.driver = driver;
        this.devices = List.copyOf(devices);
        random = new Random(seed);
    }

    @Override
    public NanoClock clock() {
        return clock::sinceStartNs;
    }

    @Override
    public long wallMicros() {
        return clock.nanoTime() / MICRO_NS;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public CountersManager counters() {
        return counters;
    }

    @Override
    public DeviceClaim claim(final Config.Interface asked, final NetworkDevice device) {
        return DeviceClaim.none();
    }

    @Override
    public DeviceIo open(final Config.Interface asked, final NetworkDevice device) {
        return driver.open(device);
    }

    @Override
    public void devicesAreOpen() {
        // No kernel looks at the files.
    }

    @Override
    public LinkSystem links() {
        return new FixedLinks(devices);
    }

    @Override
    public void close() {
        // The counters go with the object.
    }
}
