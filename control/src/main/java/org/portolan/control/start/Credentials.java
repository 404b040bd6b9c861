package org.portolan.control.start;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import org.portolan.dataplane.system.LibcException;
import org.portolan.dataplane.system.LibcThread;
import org.portolan.dataplane.system.SyscallFilter;

/** The system calls that take rights away from the process, so that a test can watch and refuse them. */
interface Credentials {
    /** The calls that the kernel gets. */
    Credentials KERNEL = new Credentials() {
        private static final int CAPABILITY_VERSION_3 = 0x20080522;

        @Override
        public void forbidPrograms() {
            SyscallFilter.install();
        }

        @Override
        public int prctl(final int option, final long argument) {
            return LibcThread.prctl(option, argument);
        }

        @Override
        public void clearGroups() {
            LibcThread.clearGroups();
        }

        @Override
        public int setGroup(final int gid) {
            final POSIX posix = POSIXFactory.getNativePOSIX();
            return posix.setgid(gid) == 0 ? 0 : posix.errno();
        }

        @Override
        public int setUser(final int uid) {
            final POSIX posix = POSIXFactory.getNativePOSIX();
            return posix.setuid(uid) == 0 ? 0 : posix.errno();
        }

        @Override
        public int keepOnly(final int capability) {
            try (Arena arena = Arena.ofConfined()) {
                final MemorySegment header = arena.allocate(8, 8);
                header.set(ValueLayout.JAVA_INT, 0, CAPABILITY_VERSION_3);
                final MemorySegment data = arena.allocate(24, 8);
                data.set(ValueLayout.JAVA_INT, 0, 1 << capability);
                data.set(ValueLayout.JAVA_INT, 4, 1 << capability);
                return LibcThread.capset(header.address(), data.address());
            }
        }

        @Override
        public boolean isUser(final int uid) {
            final POSIX posix = POSIXFactory.getNativePOSIX();
            return posix.getuid() == uid && posix.geteuid() == uid;
        }
    };

    /**
     * Sets no_new_privs, and the filter that refuses to start programs, for all threads.
     *
     * @throws LibcException when the kernel cannot
     */
    void forbidPrograms();

    /** prctl(2) of the calling thread: 0, or the errno. */
    int prctl(int option, long argument);

    /**
     * Leaves every supplementary group, in all threads.
     *
     * @throws LibcException when the kernel refuses
     */
    void clearGroups();

    /** setgid(2) in all threads: 0, or the errno. */
    int setGroup(int gid);

    /** setuid(2) in all threads: 0, or the errno. */
    int setUser(int uid);

    /**
     * capset(2): the calling thread's effective and permitted capabilities become this one, of the first 32; the
     * inheritable ones go.
     *
     * @return 0, or the errno
     */
    int keepOnly(int capability);

    /** Whether real and effective user are this one. */
    boolean isUser(int uid);
}
