package org.portolan.bench.device;

import org.portolan.bench.lab.DeviceUnderTest;

/**
 * Nothing in the middle: frames end at the router's ingress, where the sink counts them. What it takes is all that
 * the generator gives.
 */
final class DeadEnd implements DeviceUnderTest {
    @Override
    public String name() {
        return "generator alone";
    }

    @Override
    public void start() {}

    @Override
    public void stop() {}
}
