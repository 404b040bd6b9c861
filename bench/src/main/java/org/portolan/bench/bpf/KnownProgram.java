package org.portolan.bench.bpf;

import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Namespace;
import org.portolan.dataplane.system.Bpf;
import org.portolan.dataplane.system.Libc;

/**
 * Keeps an XDP program attached where no frame ever comes: to the loopback device of a namespace of its own.
 *
 * <p>Before and after each test run the kernel puts the program into the list that XDP's calls are dispatched by, and
 * waits for every CPU both times (kernel/bpf/dispatcher.c, synchronize_rcu): milliseconds a call. A program that is
 * attached somewhere is in the list already, and nothing is waited for.
 */
final class KnownProgram implements AutoCloseable {
    private static final int LOOPBACK = 1;

    private final Namespace namespace = Namespace.create("xdp");
    private final int link;

    KnownProgram(final int program) {
        try {
            link = namespace.call(() -> Bpf.attachXdp(program, LOOPBACK));
        } catch (final Exception e) {
            namespace.close();
            throw new LabException("no BPF generator: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        Libc.close(link);
        namespace.close();
    }
}
