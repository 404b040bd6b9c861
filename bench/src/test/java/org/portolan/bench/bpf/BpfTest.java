package org.portolan.bench.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.portolan.bench.bpf.BpfAssembler.Register.R0;
import static org.portolan.bench.bpf.BpfAssembler.Register.R1;
import static org.portolan.bench.bpf.BpfAssembler.Register.R10;
import static org.portolan.bench.bpf.BpfAssembler.Register.R2;
import static org.portolan.bench.bpf.BpfAssembler.Register.R3;
import static org.portolan.bench.bpf.BpfAssembler.Register.R6;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.portolan.bench.bpf.BpfAssembler.Condition;
import org.portolan.bench.bpf.BpfAssembler.Helper;
import org.portolan.bench.bpf.BpfAssembler.Operation;
import org.portolan.bench.bpf.BpfAssembler.Size;
import org.portolan.dataplane.system.Bpf;
import org.portolan.dataplane.system.Errno;
import org.portolan.dataplane.system.Libc;
import org.portolan.dataplane.system.LibcException;

/** Small programs, run by the kernel over frames that go nowhere. */
@NeedsLiveFrames
class BpfTest {
    private static final int FRAME_BYTES = 64;

    private final BpfAssembler assembler = new BpfAssembler();

    private TestRun run(final byte[] frame, final int repeat) {
        final int program = Bpf.loadXdp(assembler.assemble(), "test");
        try {
            return TestRun.of(program, frame, repeat);
        } finally {
            Libc.close(program);
        }
    }

    private void withPacketInR6() {
        assembler
                .load(Size.WORD, R6, R1, 0)
                .load(Size.WORD, R2, R1, 4)
                .alu64(Operation.MOVE, R3, R6)
                .alu64(Operation.ADD, R3, FRAME_BYTES)
                .jumpIf(R3, Condition.GREATER, R2, "drop");
    }

    private void endWithDrop() {
        assembler.label("drop").alu64(Operation.MOVE, R0, Bpf.XDP_DROP).exit();
    }

    @Test
    void shouldReturnWhatTheProgramWorkedOut() {
        // (7 * 9 - 3) / 4 % 11 = 4
        assembler
                .alu64(Operation.MOVE, R0, 7)
                .alu64(Operation.MULTIPLY, R0, 9)
                .alu64(Operation.SUBTRACT, R0, 3)
                .alu64(Operation.DIVIDE, R0, 4)
                .alu64(Operation.REMAINDER, R0, 11)
                .exit();
        assertThat(run(new byte[FRAME_BYTES], 1).verdict()).isEqualTo(4);
    }

    @Test
    void shouldChangeTheFrameInNetworkOrder() {
        withPacketInR6();
        assembler
                .constant(R2, 0x0102_0304_0506_0708L)
                .toNetworkOrder(R2, 64)
                .store(Size.DOUBLE, R6, 16, R2)
                .alu64(Operation.MOVE, R2, 0xABCD)
                .toNetworkOrder(R2, 16)
                .store(Size.HALF, R6, 24, R2)
                .alu64(Operation.MOVE, R0, Bpf.XDP_PASS)
                .exit();
        endWithDrop();
        final TestRun run = run(new byte[FRAME_BYTES], 1);
        assertThat(run.verdict()).isEqualTo(Bpf.XDP_PASS);
        assertThat(run.frame()).hasSize(FRAME_BYTES).startsWith(new byte[16]);
        assertThat(Arrays.copyOfRange(run.frame(), 16, 26)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 0xAB, 0xCD);
        assertThat(run(new byte[FRAME_BYTES - 1], 1).verdict())
                .as("a shorter frame")
                .isEqualTo(Bpf.XDP_DROP);
    }

    @Test
    void shouldShareAnArrayWithTheProgram() {
        try (BpfArray array = new BpfArray(16, 1, "test")) {
            array.putWord(0, 1L << 40);
            assembler
                    .mapValue(R6, array.descriptor(), 0)
                    .load(Size.DOUBLE, R1, R6, 0)
                    .load(Size.DOUBLE, R2, R6, 8)
                    .alu64(Operation.ADD, R2, R1)
                    .store(Size.DOUBLE, R6, 8, R2)
                    .alu64(Operation.MOVE, R0, Bpf.XDP_DROP)
                    .exit();
            run(new byte[FRAME_BYTES], 3);
            assertThat(array.word(8)).isEqualTo(3L << 40);
        }
    }

    @Test
    void shouldFindAnEntryByItsKey() {
        try (BpfArray array = new BpfArray(8, 1000, "test")) {
            array.putWord(8 * 999, 77);
            lookUp(array, 999);
            assertThat(run(new byte[FRAME_BYTES], 1).verdict()).isEqualTo(77);
        }
    }

    private void lookUp(final BpfArray array, final int key) {
        assembler
                .alu64(Operation.MOVE, R1, key)
                .store(Size.WORD, R10, -8, R1)
                .alu64(Operation.MOVE, R2, R10)
                .alu64(Operation.ADD, R2, -8)
                .map(R1, array.descriptor())
                .call(Helper.MAP_LOOKUP)
                .jumpIf(R0, Condition.EQUAL, 0, "drop")
                .load(Size.DOUBLE, R0, R0, 0)
                .exit();
        endWithDrop();
    }

    @Test
    void shouldReadTheClockThatThisProcessReads() {
        try (BpfArray array = new BpfArray(8, 1, "test")) {
            assembler
                    .call(Helper.KTIME_NS)
                    .mapValue(R6, array.descriptor(), 0)
                    .store(Size.DOUBLE, R6, 0, R0)
                    .alu64(Operation.MOVE, R0, Bpf.XDP_DROP)
                    .exit();
            final long before = System.nanoTime();
            run(new byte[FRAME_BYTES], 1);
            assertThat(array.word(0)).isBetween(before, System.nanoTime());
        }
    }

    @Test
    void shouldSayWhatTheVerifierSaid() {
        // Reads the frame without a look at where it ends.
        assembler.load(Size.WORD, R6, R1, 0).load(Size.WORD, R0, R6, 12).exit();
        assertThatThrownBy(() -> Bpf.loadXdp(assembler.assemble(), "careless"))
                .isInstanceOfSatisfying(
                        LibcException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EACCES))
                .hasMessageStartingWith("bpf(BPF_PROG_LOAD, XDP program careless of 3 instructions): "
                        + "EACCES (permission denied). The verifier said: ")
                .hasMessageContaining("invalid access to packet, off=12 size=4");
    }

    @Test
    void shouldLeaveNoDescriptorBehind() throws Exception {
        run(new byte[FRAME_BYTES], 1, Bpf.XDP_PASS);
        final long before = descriptors();
        for (int i = 0; i < 10; i++) {
            try (BpfArray array = new BpfArray(8, 1, "test")) {
                assertThat(array.word(0)).isZero();
            }
            assertThatThrownBy(() -> Bpf.loadXdp(new BpfAssembler().exit().assemble(), "no_result"))
                    .isNotNull();
            assertThat(BpfGenerator.obstacle()).isEmpty();
        }
        assertThat(descriptors()).isEqualTo(before);
    }

    private void run(final byte[] frame, final int repeat, final int verdict) {
        assembler.alu64(Operation.MOVE, R0, verdict).exit();
        assertThat(run(frame, repeat).verdict()).isEqualTo(verdict);
    }

    /** Those that name something of BPF: others come and go with the JVM. */
    private static long descriptors() throws Exception {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(fd -> {
                        try {
                            return Files.readSymbolicLink(fd).toString().contains("bpf");
                        } catch (final IOException e) {
                            return false;
                        }
                    })
                    .count();
        }
    }
}
