package org.portolan.dataplane.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;

/** Calls that need no privilege, against the real kernel. */
class LibcTest {
    private static final int SOL_SOCKET = 1;
    private static final int SO_TYPE = 3;

    private final Slab slab = Slab.allocate(4096, "test");
    private final long memory = slab.address();

    @AfterEach
    void close() {
        slab.close();
    }

    @Test
    void shouldSayCallArgumentsErrnoAndName() {
        assertThatThrownBy(() -> Libc.listen(-1, 1, "a socket"))
                .isInstanceOfSatisfying(LibcException.class, e -> {
                    assertThat(e.errno()).isEqualTo(Errno.EBADF);
                    assertThat(e.call()).isEqualTo("listen(a socket)");
                })
                .hasMessage("listen(a socket): EBADF (bad file descriptor)");
    }

    @Test
    void shouldSayTheRemedyWhereThereIsOne() {
        assertThatThrownBy(() -> LibcThread.pinToCpu(1000))
                .hasMessageMatching("sched_setaffinity\\(cpu 1000\\): EINVAL \\(invalid argument\\)\\. "
                        + "Name CPUs in io\\.cpus that this process may use; it may use [0-9, -]+");
        final int flags = LibcMemory.MAP_PRIVATE | LibcMemory.MAP_ANONYMOUS;
        assertThatThrownBy(() -> LibcMemory.mmap(1L << 60, LibcMemory.PROT_READ, flags, -1, 0, "sessions"))
                .hasMessage("mmap(1152921504606846976 bytes for sessions): ENOMEM (out of memory). "
                        + "Free memory, or lower max_sessions");
    }

    @Test
    void shouldDescribeAnErrnoThatItDoesNotKnow() {
        assertThat(Errno.describe(200)).isEqualTo("errno 200");
        assertThat(Errno.describe(Errno.ENOBUFS)).startsWith("ENOBUFS");
    }

    @Test
    void shouldReturnTheNegatedErrnoOnTheWorkersCalls() {
        assertThat(Libc.send(-1, memory, 1, 0)).isEqualTo(-Errno.EBADF);
        assertThat(Libc.recv(-1, memory, 1, 0)).isEqualTo(-Errno.EBADF);
        assertThat(Libc.read(-1, memory, 1)).isEqualTo(-Errno.EBADF);
        assertThat(Libc.write(-1, memory, 1)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void shouldCountAndPollAnEventfd() {
        final int fd = Libc.eventfd();
        try {
            // struct pollfd: int fd, short events, short revents.
            Memory.putInt(memory, fd);
            Memory.putShort(memory + 4, (short) Libc.POLLIN);
            assertThat(Libc.poll(memory, 1, 0)).isZero();
            assertThat(Libc.read(fd, memory + 8, 8)).isEqualTo(-Errno.EAGAIN);
            Memory.putLong(memory + 8, 3);
            assertThat(Libc.write(fd, memory + 8, 8)).isEqualTo(8);
            assertThat(Libc.write(fd, memory + 8, 8)).isEqualTo(8);
            assertThat(Libc.poll(memory, 1, 1000)).isEqualTo(1);
            assertThat((int) Memory.shortAt(memory + 6)).isEqualTo(Libc.POLLIN);
            assertThat(Libc.read(fd, memory + 8, 8)).isEqualTo(8);
            assertThat(Memory.longAt(memory + 8)).isEqualTo(6);
        } finally {
            Libc.close(fd);
        }
    }

    @Test
    void shouldSetAndReadSocketOptions() {
        final int fd = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0);
        try {
            assertThat(Libc.socketOption(fd, SOL_SOCKET, SO_TYPE, memory, 4)).isZero();
            assertThat(Memory.intAt(memory)).isEqualTo(Libc.SOCK_DGRAM);
            assertThat(Libc.trySetSocketOption(fd, SOL_SOCKET, SO_TYPE, 1)).isNotZero();
            assertThatThrownBy(() -> Libc.setSocketOption(-1, SOL_SOCKET, SO_TYPE, 1, "SO_TYPE"))
                    .hasMessage("setsockopt(SO_TYPE): EBADF (bad file descriptor)");
            assertThat(Libc.recv(fd, memory, 8, Libc.MSG_DONTWAIT)).isEqualTo(-Errno.EAGAIN);
        } finally {
            Libc.close(fd);
        }
        assertThat(Libc.recv(fd, memory, 8, Libc.MSG_DONTWAIT)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void shouldReadTheKernelsClocks() {
        final long beforeMs = System.currentTimeMillis();
        final long wallMs = Libc.clockNs(Libc.CLOCK_REALTIME, memory) / 1_000_000;
        // Java reads the same clock, rounded down to the millisecond; a step of the clock between the two is an hour at
        // the most.
        assertThat(wallMs).isBetween(beforeMs - 3_600_000, System.currentTimeMillis() + 3_600_000);
        final long first = Libc.clockNs(Libc.CLOCK_BOOTTIME, memory);
        assertThat(Libc.clockNs(Libc.CLOCK_BOOTTIME, memory))
                .isGreaterThanOrEqualTo(first)
                .as("nanoseconds")
                .isLessThan(first + 60_000_000_000L);
    }

    @Test
    void shouldHaveTheSameSecondsInEachBootClock() throws IOException {
        final long beforeNs = new BootClock().nanoTime();
        final double uptimeS =
                Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ")[0]);
        assertThat(uptimeS).isBetween(beforeNs / 1e9 - 0.01, new BootClock().nanoTime() / 1e9 + 0.01);
    }
}
