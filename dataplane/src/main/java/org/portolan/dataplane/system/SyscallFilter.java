package org.portolan.dataplane.system;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A seccomp(2) filter on all threads of this process, those of the JVM included. It refuses what a router never does
 * and an intruder would do next: starting a program, looking into another process, loading code into the kernel,
 * changing mounts, making or entering a namespace. They fail with EPERM. Threads and processes are made with clone(2),
 * and clone3(2) fails with ENOSYS.
 *
 * <p>With SECCOMP_FILTER_FLAG_TSYNC the kernel gives each thread the caller's no_new_privs too, which prctl(2) can set
 * for the calling thread only, while a JVM has threads before any Java code runs (kernel/seccomp.c,
 * seccomp_sync_threads). SPEC_ALLOW keeps older kernels from slowing each thread down for it.
 */
public final class SyscallFilter {
    // include/uapi/linux/seccomp.h, prctl.h, audit.h and bpf_common.h.
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int SECCOMP_FILTER_FLAG_TSYNC = 1;
    private static final int SECCOMP_FILTER_FLAG_SPEC_ALLOW = 4;
    private static final int SECCOMP_RET_ALLOW = 0x7FFF0000;
    private static final int SECCOMP_RET_EPERM = 0x00050000 | Errno.EPERM;
    private static final int SECCOMP_RET_ENOSYS = 0x00050000 | Errno.ENOSYS;
    private static final int BPF_LD_W_ABS = 0x20;
    private static final int BPF_JMP_JEQ_K = 0x15;
    private static final int BPF_JMP_JGE_K = 0x35;
    private static final int BPF_JMP_JSET_K = 0x45;
    private static final int BPF_RET_K = 0x06;
    private static final int DATA_NUMBER = 0;
    private static final int DATA_ARCHITECTURE = 4;
    /** Its lower half; both processors are little-endian. */
    private static final int DATA_FIRST_ARGUMENT = 16;
    /** Numbers from here on are the x32 ABI's, the same calls once more. */
    private static final int X32 = 0x40000000;

    /** The calls that all processors have under the same number: pidfd_getfd and what makes mounts by descriptor. */
    private static final int[] REFUSED_EVERYWHERE = {
        438, // pidfd_getfd
        428, // open_tree
        429, // move_mount
        430, // fsopen
        431, // fsconfig
        432, // fsmount
        433, // fspick
        442, // mount_setattr
        467, // open_tree_attr
    };

    /** Its flags lie in memory, where a filter cannot look; who gets ENOSYS uses clone(2), as the C library does. */
    private static final int CLONE3 = 435;

    /** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET (include/uapi/linux/sched.h). */
    private static final int CLONE_NEW = 0x7E02_0000;

    /**
     * What has a number of its own on each processor (arch/x86/entry/syscalls/syscall_64.tbl,
     * include/uapi/asm-generic/unistd.h). Refused are execve, execveat, ptrace, process_vm_readv, process_vm_writev,
     * mount, umount2, pivot_root, chroot, unshare, setns, init_module, finit_module, delete_module, kexec_load,
     * kexec_file_load, add_key, request_key, keyctl, perf_event_open, userfaultfd, open_by_handle_at.
     *
     * @param audit AUDIT_ARCH of the processor
     * @param seccomp the number of seccomp(2)
     * @param cloneCall the number of clone(2)
     * @param refused numbers, in the order above
     */
    private record Numbers(int audit, int seccomp, int cloneCall, int... refused) {}

    private static final Numbers X86_64 = new Numbers(
            0xC000003E,
            317,
            56,
            59,
            322,
            101,
            310,
            311,
            165,
            166,
            155,
            161,
            272,
            308,
            175,
            313,
            176,
            246,
            320,
            248,
            249,
            250,
            298,
            323,
            304);
    private static final Numbers AARCH64 = new Numbers(
            0xC00000B7,
            277,
            220,
            221,
            281,
            117,
            270,
            271,
            40,
            39,
            41,
            51,
            97,
            268,
            105,
            273,
            106,
            104,
            294,
            217,
            218,
            219,
            241,
            282,
            265);

    private SyscallFilter() {}

    /**
     * Sets no_new_privs and the filter for all threads of the process, those to come included. There is no way back.
     *
     * @throws LibcException ENOSYS or EINVAL from a kernel, or a container, without seccomp filters; then only the
     *     calling thread has no_new_privs
     */
    public static void install() {
        final int errno = LibcThread.prctl(PR_SET_NO_NEW_PRIVS, 1);
        if (errno != 0) {
            throw new LibcException("prctl(PR_SET_NO_NEW_PRIVS)", errno, "");
        }
        final Numbers numbers = switch (System.getProperty("os.arch")) {
            case "amd64" -> X86_64;
            case "aarch64" -> AARCH64;
            default -> throw new LibcException("seccomp() on this processor", Errno.ENOSYS, "");
        };
        final List<long[]> program = program(numbers);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment filter = arena.allocate(8L * program.size(), 8);
            for (int i = 0; i < program.size(); i++) {
                final long[] step = program.get(i);
                filter.set(JAVA_SHORT, 8L * i, (short) step[0]);
                filter.set(JAVA_BYTE, 8L * i + 2, (byte) step[1]);
                filter.set(JAVA_BYTE, 8L * i + 3, (byte) step[2]);
                filter.set(JAVA_INT, 8L * i + 4, (int) step[3]);
            }
            final MemorySegment header = arena.allocate(16, 8);
            header.set(JAVA_SHORT, 0, (short) program.size());
            header.set(JAVA_LONG, 8, filter.address());
            final int refused = LibcThread.seccomp(
                    numbers.seccomp,
                    SECCOMP_SET_MODE_FILTER,
                    SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_SPEC_ALLOW,
                    header.address());
            if (refused != 0) {
                throw new LibcException("seccomp(SECCOMP_FILTER_FLAG_TSYNC)", refused, "");
            }
        }
    }

    /** Steps of code, jump if true, jump if false, constant. */
    private static List<long[]> program(final Numbers numbers) {
        final List<long[]> program = new ArrayList<>();
        program.add(step(BPF_LD_W_ABS, 0, 0, DATA_ARCHITECTURE));
        program.add(step(BPF_JMP_JEQ_K, 1, 0, numbers.audit));
        program.add(step(BPF_RET_K, 0, 0, SECCOMP_RET_EPERM));
        program.add(step(BPF_LD_W_ABS, 0, 0, DATA_NUMBER));
        program.add(step(BPF_JMP_JEQ_K, 0, 1, CLONE3));
        program.add(step(BPF_RET_K, 0, 0, SECCOMP_RET_ENOSYS));
        final int[] refused = IntStream.concat(IntStream.of(numbers.refused), IntStream.of(REFUSED_EVERYWHERE))
                .toArray();
        // Behind these steps: 3 for clone, 1 that allows, 1 that refuses.
        program.add(step(BPF_JMP_JGE_K, refused.length + 4, 0, X32));
        for (int i = 0; i < refused.length; i++) {
            program.add(step(BPF_JMP_JEQ_K, refused.length + 3 - i, 0, refused[i]));
        }
        program.add(step(BPF_JMP_JEQ_K, 0, 2, numbers.cloneCall));
        program.add(step(BPF_LD_W_ABS, 0, 0, DATA_FIRST_ARGUMENT));
        program.add(step(BPF_JMP_JSET_K, 1, 0, CLONE_NEW));
        program.add(step(BPF_RET_K, 0, 0, SECCOMP_RET_ALLOW));
        program.add(step(BPF_RET_K, 0, 0, SECCOMP_RET_EPERM));
        return program;
    }

    private static long[] step(final int code, final int ifTrue, final int ifFalse, final int constant) {
        return new long[] {code, ifTrue, ifFalse, constant};
    }
}
