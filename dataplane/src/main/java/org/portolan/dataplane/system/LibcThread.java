package org.portolan.dataplane.system;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.portolan.dataplane.system.Linkage.STATE;
import static org.portolan.dataplane.system.Linkage.errno;
import static org.portolan.dataplane.system.Linkage.failure;
import static org.portolan.dataplane.system.Linkage.handle;
import static org.portolan.dataplane.system.Linkage.unexpected;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.BitSet;

/**
 * Calls into the C library that change what the calling thread is and may do, one static method each; see {@link Libc}.
 */
public final class LibcThread {
    /** More than a kernel has (8,192 at most on x86-64); the call fails where the mask is shorter than the kernel's. */
    private static final int MOST_CPUS = 1 << 16;

    private static final MethodHandle SCHED_SETAFFINITY =
            handle("sched_setaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle SCHED_GETAFFINITY =
            handle("sched_getaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle SYSCALL = handle(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle SETGROUPS =
            handle("setgroups", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle PRCTL = handle(
            "prctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle CAPSET = handle("capset", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));

    private LibcThread() {}

    /** Pins the calling thread to one CPU. */
    public static void pinToCpu(final int cpu) {
        final MemorySegment state = STATE.get();
        final int result;
        try (Arena arena = Arena.ofConfined()) {
            final int words = Math.max(16, cpu / 64 + 1);
            final MemorySegment mask = arena.allocate(8L * words, 8);
            mask.set(ValueLayout.JAVA_LONG, 8L * (cpu / 64), 1L << (cpu % 64));
            result = (int) SCHED_SETAFFINITY.invokeExact(state, 0, 8L * words, mask.address());
        } catch (final Throwable t) {
            throw unexpected(t);
        }
        if (result < 0) {
            throw failure(
                    "sched_setaffinity(cpu %d)".formatted(cpu),
                    state,
                    "Name CPUs in io.cpus that this process may use; it may use " + CpuMask.text(allowedCpus()));
        }
    }

    /** The CPUs that the calling thread may run on (sched_getaffinity(2)). */
    public static BitSet allowedCpus() {
        final MemorySegment state = STATE.get();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment mask = arena.allocate(MOST_CPUS / 8, 8);
            final int result = (int) SCHED_GETAFFINITY.invokeExact(state, 0, (long) MOST_CPUS / 8, mask.address());
            if (result >= 0) {
                return BitSet.valueOf(mask.toArray(ValueLayout.JAVA_BYTE));
            }
        } catch (final Throwable t) {
            throw unexpected(t);
        }
        throw failure("sched_getaffinity(%d CPUs)".formatted(MOST_CPUS), state, "");
    }

    /** 0, or the errno: seccomp(2), for which the C library has no function of its own. */
    static int seccomp(final long number, final int operation, final int flags, final long argument) {
        final MemorySegment state = STATE.get();
        try {
            final long result = (long) SYSCALL.invokeExact(state, number, (long) operation, (long) flags, argument);
            // With TSYNC a number above 0 is a thread that cannot follow.
            return result == 0 ? 0 : result > 0 ? Errno.EBUSY : errno(state);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** Leaves every supplementary group; setgid and setuid alone would keep root's. */
    public static void clearGroups() {
        final MemorySegment state = STATE.get();
        final int result;
        try {
            result = (int) SETGROUPS.invokeExact(state, 0L, 0L);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
        if (result < 0) {
            throw failure("setgroups(0)", state, "Changing user needs CAP_SETGID");
        }
    }

    /** 0, or the errno. Affects the calling thread. */
    public static int prctl(final int option, final long argument) {
        final MemorySegment state = STATE.get();
        try {
            final int result = (int) PRCTL.invokeExact(state, option, argument, 0L, 0L, 0L);
            return result >= 0 ? 0 : errno(state);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** 0, or the errno. Header and data as in include/uapi/linux/capability.h; affects the calling thread. */
    public static int capset(final long header, final long data) {
        final MemorySegment state = STATE.get();
        try {
            final int result = (int) CAPSET.invokeExact(state, header, data);
            return result >= 0 ? 0 : errno(state);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }
}
