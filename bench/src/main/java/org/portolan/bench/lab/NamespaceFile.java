package org.portolan.bench.lab;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.portolan.dataplane.system.Linkage.STATE;
import static org.portolan.dataplane.system.Linkage.failure;
import static org.portolan.dataplane.system.Linkage.handle;
import static org.portolan.dataplane.system.Linkage.unexpected;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.portolan.dataplane.system.Libc;

/** The file that names a network namespace, and the way into it: open(2), setns(2). */
public final class NamespaceFile {
    // include/uapi/linux/sched.h.
    private static final int CLONE_NEWNET = 0x4000_0000;

    private static final MethodHandle OPEN =
            handle("open", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle SETNS = handle("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private NamespaceFile() {}

    /**
     * Moves the calling thread, and it alone, into the network namespace.
     *
     * @throws org.portolan.dataplane.system.LibcException with the remedy
     */
    public static void enter(final String path) {
        final int fd = open(path);
        try {
            setNetworkNamespace(fd);
        } finally {
            Libc.close(fd);
        }
    }

    private static int open(final String path) {
        final MemorySegment state = STATE.get();
        final int fd;
        try (Arena arena = Arena.ofConfined()) {
            fd = (int) OPEN.invokeExact(state, arena.allocateFrom(path).address(), Libc.O_RDONLY | Libc.O_CLOEXEC);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
        if (fd < 0) {
            throw failure("open(\"%s\")".formatted(path), state, "");
        }
        return fd;
    }

    private static void setNetworkNamespace(final int fd) {
        final MemorySegment state = STATE.get();
        final int result;
        try {
            result = (int) SETNS.invokeExact(state, fd, CLONE_NEWNET);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
        if (result < 0) {
            throw failure(
                    "setns(%d, CLONE_NEWNET)".formatted(fd), state, "Entering a network namespace needs CAP_SYS_ADMIN");
        }
    }
}
