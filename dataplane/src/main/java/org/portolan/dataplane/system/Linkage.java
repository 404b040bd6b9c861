package org.portolan.dataplane.system;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** How functions of the C library become method handles, and how their errno is read. */
public final class Linkage {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /** Where a call linked with errno leaves it; each thread has its own. */
    public static final ThreadLocal<MemorySegment> STATE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CAPTURE));

    private Linkage() {}

    /** Without errno: for calls that a worker makes. */
    static MethodHandle plain(final String name, final FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(symbol(name), descriptor);
    }

    private static MemorySegment symbol(final String name) {
        return LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError(
                        "the C library has no " + name + ": Portolan runs on Linux with glibc or musl"));
    }

    /** With errno, into the thread's {@link #STATE}, which is the first argument. */
    public static MethodHandle handle(
            final String name, final FunctionDescriptor descriptor, final Linker.Option... options) {
        final Linker.Option[] all = new Linker.Option[options.length + 1];
        all[0] = Linker.Option.captureCallState("errno");
        System.arraycopy(options, 0, all, 1, options.length);
        return LINKER.downcallHandle(symbol(name), descriptor, all);
    }

    static int errno(final MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    public static AssertionError unexpected(final Throwable thrown) {
        return new AssertionError("a downcall cannot throw", thrown);
    }

    public static LibcException failure(final String call, final MemorySegment state, final String remedy) {
        return new LibcException(call, errno(state), remedy);
    }
}
