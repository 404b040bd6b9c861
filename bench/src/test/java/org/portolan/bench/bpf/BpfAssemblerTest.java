package org.portolan.bench.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.portolan.bench.bpf.BpfAssembler.Register.R0;
import static org.portolan.bench.bpf.BpfAssembler.Register.R1;
import static org.portolan.bench.bpf.BpfAssembler.Register.R10;
import static org.portolan.bench.bpf.BpfAssembler.Register.R2;
import static org.portolan.bench.bpf.BpfAssembler.Register.R6;
import static org.portolan.bench.bpf.BpfAssembler.Register.R9;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.portolan.bench.bpf.BpfAssembler.Condition;
import org.portolan.bench.bpf.BpfAssembler.Helper;
import org.portolan.bench.bpf.BpfAssembler.Operation;
import org.portolan.bench.bpf.BpfAssembler.Size;

/** Against bytes worked out by hand from RFC 9669's tables: opcode, registers, offset, immediate. */
class BpfAssemblerTest {
    private final BpfAssembler assembler = new BpfAssembler();

    private String bytes() {
        return Arrays.stream(assembler.assemble())
                .mapToObj(word -> HexFormat.of()
                        .formatHex(ByteBuffer.allocate(8)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(word)
                                .array()))
                .collect(Collectors.joining(" "));
    }

    @Test
    void shouldEncodeLoadsOfEachSize() {
        assembler
                .load(Size.WORD, R2, R1, 4)
                .load(Size.HALF, R2, R1, 4)
                .load(Size.BYTE, R2, R1, 4)
                .load(Size.DOUBLE, R0, R10, -8);
        assertThat(bytes()).isEqualTo("6112040000000000 6912040000000000 7112040000000000 79a0f8ff00000000");
    }

    @Test
    void shouldEncodeStoresOfEachSize() {
        assembler
                .store(Size.WORD, R6, 26, R1)
                .store(Size.HALF, R6, 34, R1)
                .store(Size.BYTE, R6, 1, R0)
                .store(Size.DOUBLE, R10, -16, R9);
        assertThat(bytes()).isEqualTo("63161a0000000000 6b16220000000000 7306010000000000 7b9af0ff00000000");
    }

    @Test
    void shouldEncodeArithmetic() {
        assembler
                .alu64(Operation.ADD, R1, R2)
                .alu64(Operation.SUBTRACT, R1, 5)
                .alu64(Operation.MULTIPLY, R1, R2)
                .alu64(Operation.DIVIDE, R1, 63)
                .alu64(Operation.REMAINDER, R1, 63)
                .alu32(Operation.AND, R9, 0xFFFF)
                .alu32(Operation.MOVE, R0, R9)
                .alu64(Operation.MOVE, R0, -1);
        assertThat(bytes())
                .isEqualTo("0f21000000000000 1701000005000000 2f21000000000000 370100003f000000"
                        + " 970100003f000000 54090000ffff0000 bc90000000000000 b7000000ffffffff");
    }

    @Test
    void shouldEncodeBitwiseOperations() {
        assembler
                .alu64(Operation.OR, R1, R2)
                .alu64(Operation.SHIFT_LEFT, R1, 16)
                .alu64(Operation.SHIFT_RIGHT, R1, 16)
                .alu64(Operation.SHIFT_RIGHT_SIGNED, R1, 63)
                .alu64(Operation.XOR, R1, -1);
        assertThat(bytes())
                .isEqualTo("4f21000000000000 6701000010000000 7701000010000000 c70100003f000000 a7010000ffffffff");
    }

    @Test
    void shouldEncodeTurnsToNetworkOrder() {
        assembler.toNetworkOrder(R1, 16).toNetworkOrder(R1, 32).toNetworkOrder(R1, 64);
        assertThat(bytes()).isEqualTo("dc01000010000000 dc01000020000000 dc01000040000000");
    }

    @Test
    void shouldEncodeWideConstantsAndMaps() {
        assembler.constant(R1, 0x1122334455667788L).map(R1, 7).mapValue(R6, 7, 16);
        assertThat(bytes())
                .isEqualTo("1801000088776655 0000000044332211 1811000007000000 0000000000000000"
                        + " 1826000007000000 0000000010000000");
    }

    @Test
    void shouldEncodeCallsAndTheEnd() {
        assembler.call(Helper.KTIME_NS).call(Helper.REDIRECT).exit();
        assertThat(bytes()).isEqualTo("8500000005000000 8500000017000000 9500000000000000");
    }

    @Test
    void shouldJumpForwardsAndBackwardsPastTwoWordInstructions() {
        assembler
                .label("start")
                .jumpIf(R1, Condition.GREATER, R2, "end")
                .constant(R0, 1)
                .jumpIf(R1, Condition.EQUAL, 9, "start")
                .jump("end")
                .label("end")
                .exit();
        assertThat(bytes())
                .isEqualTo("2d21040000000000 1800000001000000 0000000000000000 1501fcff09000000"
                        + " 0500000000000000 9500000000000000");
    }

    @Test
    void shouldEncodeEachCondition() {
        assembler.label("here");
        for (final Condition condition : Condition.values()) {
            assembler.jumpIf(R1, condition, 1, "here");
        }
        assertThat(bytes())
                .isEqualTo("1501ffff01000000 2501feff01000000 3501fdff01000000 5501fcff01000000"
                        + " a501fbff01000000 b501faff01000000");
    }

    @Test
    void shouldRefuseUnknownAndRepeatedLabels() {
        assembler.jump("nowhere").label("twice");
        assertThatThrownBy(assembler::assemble).hasMessage("instruction 0 jumps to label nowhere, which is nowhere");
        assertThatThrownBy(() -> assembler.label("twice")).hasMessage("label twice is there already");
    }

    @Test
    void shouldRefuseAnOffsetOfMoreThanSixteenBits() {
        assertThatThrownBy(() -> assembler.load(Size.WORD, R1, R1, 32_768))
                .hasMessageContaining("16 bits, signed: 32768");
    }
}
