package org.portolan.bench.device;

import org.portolan.bench.lab.DeviceUnderTest;
import org.portolan.bench.lab.Lab;

/** The kernel's forwarding without any NAT. */
public final class RouteDevice implements DeviceKind {
    @Override
    public String id() {
        return "route";
    }

    @Override
    public String name() {
        return "kernel route, no NAT";
    }

    @Override
    public boolean translates() {
        return false;
    }

    @Override
    public DeviceUnderTest in(final Lab lab, final Terms terms) {
        return new PlainRoute(lab);
    }
}
