package org.portolan.control.device;

import java.io.IOException;
import java.util.random.RandomGenerator;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.status.CountersManager;
import org.portolan.control.config.Config;
import org.portolan.dataplane.io.DeviceIo;
import org.portolan.dataplane.system.DeviceClaim;
import org.portolan.dataplane.system.NetworkDevice;

/**
 * Everything that a router takes from the machine it runs on: time, chance, devices, a place for its counters. A replay
 * brings its own, and everything above is the same in both.
 */
public interface RouterMachine extends AutoCloseable {
    /**
     * The boot clock of worker and control: it never goes back, and counts what the machine slept. One thread may use
     * what a call returns.
     */
    NanoClock clock();

    /**
     * The time that people read, microseconds since 1970. It may jump. The history's stamps and its retention by age
     * use it; sessions, neighbors and retries use steady clocks.
     */
    long wallMicros();

    /** Where secrets come from. */
    RandomGenerator random();

    CountersManager counters();

    /**
     * Claims a device for this router.
     *
     * @throws IOException when another router has it
     */
    DeviceClaim claim(Config.Interface asked, NetworkDevice device) throws IOException;

    /**
     * Opens a device.
     *
     * @throws org.portolan.dataplane.system.LibcException with the remedy
     */
    DeviceIo open(Config.Interface asked, NetworkDevice device);

    /** Called once when every device is open. */
    void devicesAreOpen();

    /** A new watch on the devices; the caller closes it. */
    LinkSystem links();

    @Override
    void close();
}
