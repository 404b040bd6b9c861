package org.portolan.dataplane.system;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.portolan.dataplane.system.Linkage.STATE;
import static org.portolan.dataplane.system.Linkage.errno;
import static org.portolan.dataplane.system.Linkage.handle;
import static org.portolan.dataplane.system.Linkage.unexpected;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * bpf(2): array maps and XDP programs (include/uapi/linux/bpf.h, union bpf_attr). The C library has no function for it,
 * so it goes through syscall(2). Until there is a driver for AF_XDP, the XDP generator of bench is its only caller.
 *
 * <p>All methods here but {@link #call} are of the setting-up kind and throw {@link LibcException}.
 */
public final class Bpf {
    public static final int XDP_ABORTED = 0;
    public static final int XDP_DROP = 1;
    public static final int XDP_PASS = 2;
    public static final int XDP_TX = 3;
    public static final int XDP_REDIRECT = 4;

    public static final int BPF_PROG_TEST_RUN = 10;

    private static final int BPF_MAP_CREATE = 0;
    private static final int BPF_PROG_LOAD = 5;
    private static final int BPF_LINK_CREATE = 28;
    private static final int BPF_XDP = 37;
    private static final int XDP_FLAGS_SKB_MODE = 1 << 1;
    private static final int BPF_MAP_TYPE_ARRAY = 2;
    private static final int BPF_F_MMAPABLE = 1 << 10;
    private static final int BPF_PROG_TYPE_XDP = 6;
    private static final int NAME_BYTES = 15;
    private static final int LOG_BYTES = 1 << 20;
    private static final int LOG_LINES = 4;
    /** The attributes of every command used here end before; the kernel wants zeros up to the size it is given. */
    private static final int ATTRIBUTE_BYTES = 80;

    private static final int NUMBER = switch (System.getProperty("os.arch")) {
        case "amd64", "x86_64" -> 321;
        case "aarch64" -> 280;
        default -> -1;
    };

    private static final MethodHandle SYSCALL = handle(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT),
            Linker.Option.firstVariadicArg(1));

    private Bpf() {}

    /**
     * Any command; the result, or the negated errno.
     *
     * @param attribute address of a union bpf_attr of {@code bytes} bytes
     */
    public static long call(final int command, final long attribute, final int bytes) {
        final MemorySegment state = STATE.get();
        try {
            final long result = (long) SYSCALL.invokeExact(state, (long) NUMBER, command, attribute, bytes);
            return result >= 0 ? result : -errno(state);
        } catch (final Throwable t) {
            throw unexpected(t);
        }
    }

    /** What to do about an errno, or an empty string. */
    public static String remedy(final int errno) {
        return switch (errno) {
            case Errno.EPERM, Errno.EACCES ->
                "It needs CAP_BPF and CAP_NET_ADMIN in the first user namespace: run as root outside `unshare --user`";
            case Errno.ENOSYS ->
                "This kernel was built without CONFIG_BPF_SYSCALL, or this machine is not x86-64 or aarch64";
            default -> "";
        };
    }

    /**
     * Descriptor of a new array map that can also be mapped into memory (mmap(2) with MAP_SHARED; Linux 5.5): the
     * kernel's programs and this process see the same words.
     *
     * @param valueBytes of each entry, a multiple of 8
     * @param name at most 15 letters, digits and underscores, for bpftool(8)
     */
    public static int createArray(final int valueBytes, final int entries, final String name) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment attribute = arena.allocate(ATTRIBUTE_BYTES, 8);
            attribute.set(JAVA_INT, 0, BPF_MAP_TYPE_ARRAY);
            attribute.set(JAVA_INT, 4, Integer.BYTES);
            attribute.set(JAVA_INT, 8, valueBytes);
            attribute.set(JAVA_INT, 12, entries);
            attribute.set(JAVA_INT, 16, BPF_F_MMAPABLE);
            putName(attribute, 28, name);
            return descriptor(
                    call(BPF_MAP_CREATE, attribute.address(), ATTRIBUTE_BYTES),
                    "bpf(BPF_MAP_CREATE, array %s of %d times %d bytes)".formatted(name, entries, valueBytes));
        }
    }

    /**
     * Descriptor of a new XDP program.
     *
     * @param instructions struct bpf_insn each, as the machine's own 64-bit words
     * @param name at most 15 letters, digits and underscores, for bpftool(8)
     * @throws LibcException also when the verifier refuses the program: with the last lines of its log
     */
    public static int loadXdp(final long[] instructions, final String name) {
        final String what =
                "bpf(BPF_PROG_LOAD, XDP program %s of %d instructions)".formatted(name, instructions.length);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment log = arena.allocate(LOG_BYTES);
            final MemorySegment attribute = arena.allocate(ATTRIBUTE_BYTES, 8);
            attribute.set(JAVA_INT, 0, BPF_PROG_TYPE_XDP);
            attribute.set(JAVA_INT, 4, instructions.length);
            attribute.set(
                    JAVA_LONG, 8, arena.allocateFrom(JAVA_LONG, instructions).address());
            attribute.set(JAVA_LONG, 16, arena.allocateFrom("Apache-2.0").address());
            putName(attribute, 48, name);
            final long loaded = call(BPF_PROG_LOAD, attribute.address(), ATTRIBUTE_BYTES);
            if (loaded >= 0) {
                return (int) loaded;
            }
            // The log of a program that loads is of no use and takes time: only a refused one is loaded again with it.
            attribute.set(JAVA_INT, 24, 1);
            attribute.set(JAVA_INT, 28, LOG_BYTES);
            attribute.set(JAVA_LONG, 32, log.address());
            final long again = call(BPF_PROG_LOAD, attribute.address(), ATTRIBUTE_BYTES);
            final String said = log.getString(0).strip();
            if (again < 0 && !said.isEmpty()) {
                throw new LibcException(what, (int) -again, "The verifier said: " + lastLines(said));
            }
            return descriptor(again, what);
        }
    }

    /** The log ends with counts of the verifier's own work; what was wrong stands before them. */
    private static String lastLines(final String log) {
        final List<String> lines =
                log.lines().filter(line -> !line.startsWith("processed ")).toList();
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    }

    /**
     * Attaches an XDP program to a device of the calling thread's network namespace, in generic mode, which every
     * device has (Linux 5.9).
     *
     * @return a descriptor; the program is off the device when it is closed
     */
    public static int attachXdp(final int program, final int deviceIndex) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment attribute = arena.allocate(ATTRIBUTE_BYTES, 8);
            attribute.set(JAVA_INT, 0, program);
            attribute.set(JAVA_INT, 4, deviceIndex);
            attribute.set(JAVA_INT, 8, BPF_XDP);
            attribute.set(JAVA_INT, 12, XDP_FLAGS_SKB_MODE);
            return descriptor(
                    call(BPF_LINK_CREATE, attribute.address(), ATTRIBUTE_BYTES),
                    "bpf(BPF_LINK_CREATE, XDP program on device %d)".formatted(deviceIndex));
        }
    }

    private static void putName(final MemorySegment attribute, final int offset, final String name) {
        final String cut = name.substring(0, Math.min(NAME_BYTES, name.length()));
        attribute.asSlice(offset, NAME_BYTES + 1).setString(0, cut);
    }

    private static int descriptor(final long result, final String what) {
        if (result < 0) {
            throw new LibcException(what, (int) -result, remedy((int) -result));
        }
        return (int) result;
    }
}
