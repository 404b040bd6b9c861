package org.portolan.control.start;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.status.CountersManager;
import org.portolan.control.config.Config;
import org.portolan.control.device.DeviceOwner;
import org.portolan.control.device.KernelIngress;
import org.portolan.control.device.KernelLinks;
import org.portolan.control.device.LinkSystem;
import org.portolan.control.device.RouterMachine;
import org.portolan.control.log.Log;
import org.portolan.dataplane.counter.CounterFile;
import org.portolan.dataplane.io.DeviceIo;
import org.portolan.dataplane.io.Driver;
import org.portolan.dataplane.system.BootClock;
import org.portolan.dataplane.system.DeviceClaim;
import org.portolan.dataplane.system.HeldDirectory;
import org.portolan.dataplane.system.NetworkDevice;

/** The running kernel, whose devices the router takes. */
public final class KernelMachine implements RouterMachine {
    private final Config config;
    private final Log log;
    private final DeviceOwner owner;
    private final CounterFile file;
    private final CountersManager counters;
    private final RandomGenerator random = new SecureRandom();
    private KernelIngress ingress;

    /** @param run where the counters file is made */
    public KernelMachine(final Config config, final HeldDirectory run, final Places places, final Log log) {
        this.config = config;
        this.log = log;
        owner = new DeviceOwner(places.trust()::isTrusted, log);
        file = CounterFile.create(run, RunFiles.COUNTERS, System.currentTimeMillis(), places.uid(), places.gid());
        counters = file.manager();
    }

    @Override
    public NanoClock clock() {
        return new BootClock();
    }

    @Override
    public long wallMicros() {
        return WallClock.micros();
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
    public DeviceClaim claim(final Config.Interface asked, final NetworkDevice device) throws IOException {
        return owner.claim(asked, device);
    }

    @Override
    public DeviceIo open(final Config.Interface asked, final NetworkDevice device) {
        final Driver driver = asked.driver().driver();
        final DeviceIo io = driver.open(device);
        log.debug(
                "%s: device %s, driver %s, %s",
                asked.name(), device.name(), asked.driver().text(), driver.capabilities());
        return io;
    }

    @Override
    public void devicesAreOpen() {
        ingress = new KernelIngress(config, log);
    }

    @Override
    public LinkSystem links() {
        return new KernelLinks(ingress, owner);
    }

    @Override
    public void close() {
        if (ingress != null) {
            ingress.close();
        }
        file.close();
    }
}
