package org.portolan.bench.device;

import org.portolan.bench.lab.DeviceUnderTest;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;

/** Portolan with rings of AF_PACKET, one worker that spins on a CPU of its own. */
public final class PortolanDevice implements DeviceKind {
    /** The generator has CPU 0. */
    private static final int WORKER_CPU = 1;

    @Override
    public String id() {
        return "portolan";
    }

    @Override
    public String name() {
        return "Portolan (AF_PACKET)";
    }

    @Override
    public DeviceUnderTest in(final Lab lab, final Terms terms) {
        final PortolanProcess.Builder options = PortolanProcess.in(lab)
                .idle("busy")
                .latencyLog()
                .route(Terms.HOSTS_NETWORK, Lab.CLIENT_ADDRESS)
                .config("io", "cpus = [%d]".formatted(workerCpu()));
        if (terms.usesPool()) {
            options.config("nat", "pool = [\"%s-%s\"]".formatted(Terms.POOL_FIRST, Terms.POOL_LAST));
        }
        options.config("nat", "max_sessions = %d".formatted(capacity(terms.sessions())));
        return options.build();
    }

    private static int workerCpu() {
        return Runtime.getRuntime().availableProcessors() > WORKER_CPU ? WORKER_CPU : 0;
    }

    /** The default, or a quarter more than the sessions, so that pings and stragglers find room. */
    private static long capacity(final long sessions) {
        return Math.max(1 << 20, sessions + sessions / 4);
    }
}
