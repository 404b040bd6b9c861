package org.portolan.dataplane.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DeviceClaimTest {
    /** An index that no device of a test machine has. */
    private static final int INDEX =
            2_000_000_000 + (int) ProcessHandle.current().pid() % 1_000_000;

    @Test
    void shouldGiveADeviceToOneRouterAtATime() {
        try (DeviceClaim _ = DeviceClaim.take(INDEX);
                DeviceClaim _ = DeviceClaim.take(INDEX + 1)) {
            assertThatThrownBy(() -> DeviceClaim.take(INDEX))
                    .isInstanceOfSatisfying(
                            LibcException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EADDRINUSE));
        }
        DeviceClaim.take(INDEX).close();
    }

    @Test
    void shouldShowItsNameInTheKernelsList() throws IOException {
        try (DeviceClaim _ = DeviceClaim.take(INDEX)) {
            assertThat(Files.readString(Path.of("/proc/net/unix"))).contains("@" + DeviceClaim.name(INDEX));
        }
    }

    @Test
    void shouldLeakNoDescriptorWhenItIsRefused() throws IOException {
        try (DeviceClaim _ = DeviceClaim.take(INDEX)) {
            final long before = descriptors();
            for (int i = 0; i < 50; i++) {
                assertThatThrownBy(() -> DeviceClaim.take(INDEX)).isInstanceOf(LibcException.class);
            }
            assertThat(descriptors()).isLessThan(before + 25);
        }
    }

    private static long descriptors() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }
}
