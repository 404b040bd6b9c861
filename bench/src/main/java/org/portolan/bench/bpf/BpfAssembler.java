package org.portolan.bench.bpf;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes eBPF instructions one after another (RFC 9669; include/uapi/linux/bpf.h, struct bpf_insn).
 *
 * <pre>
 *  63             32 31          16 15  12 11   8 7        0
 * +-----------------+--------------+------+------+----------+
 * |    immediate    |    offset    | from |  to  |  opcode  |
 * +-----------------+--------------+------+------+----------+
 * </pre>
 *
 * <p>Numbers are the machine's (little-endian); {@link #toNetworkOrder} turns them for the wire. Jumps go to labels,
 * which may come later in the program.
 */
public final class BpfAssembler {
    private static final int LDX = 0x01;
    private static final int STX = 0x03;
    private static final int ALU32 = 0x04;
    private static final int JUMP = 0x05;
    private static final int ALU64 = 0x07;
    private static final int FROM_REGISTER = 0x08;
    private static final int MEMORY = 0x60;
    private static final int LOAD_IMMEDIATE_64 = 0x18;
    private static final int END = 0xd0;
    private static final int TO_BIG_ENDIAN = 0x08;
    private static final int CALL = 0x85;
    private static final int EXIT = 0x95;
    private static final int PSEUDO_MAP_FD = 1;
    private static final int PSEUDO_MAP_VALUE = 2;

    private final Map<String, Integer> labels = new HashMap<>();
    private final Map<Integer, String> jumps = new HashMap<>();
    private long[] instructions = new long[64];
    private int count;

    /**
     * R0 holds results, R1 to R5 a call's arguments, which it destroys; R6 to R9 outlive a call; R10 is the frame
     * pointer and read-only. A program starts with its context in R1.
     */
    public enum Register {
        R0,
        R1,
        R2,
        R3,
        R4,
        R5,
        R6,
        R7,
        R8,
        R9,
        R10
    }

    /** Bytes of one access to memory. */
    public enum Size {
        BYTE(0x10),
        HALF(0x08),
        WORD(0x00),
        DOUBLE(0x18);

        private final int code;

        Size(final int code) {
            this.code = code;
        }
    }

    /** Arithmetic; division and remainder are unsigned. */
    public enum Operation {
        ADD(0x00),
        SUBTRACT(0x10),
        MULTIPLY(0x20),
        DIVIDE(0x30),
        OR(0x40),
        AND(0x50),
        SHIFT_LEFT(0x60),
        SHIFT_RIGHT(0x70),
        REMAINDER(0x90),
        XOR(0xa0),
        MOVE(0xb0),
        /** Copies the sign. */
        SHIFT_RIGHT_SIGNED(0xc0);

        private final int code;

        Operation(final int code) {
            this.code = code;
        }
    }

    /** When to jump; comparisons are unsigned and of 64 bits. */
    public enum Condition {
        EQUAL(0x10),
        GREATER(0x20),
        GREATER_OR_EQUAL(0x30),
        NOT_EQUAL(0x50),
        LESS(0xa0),
        LESS_OR_EQUAL(0xb0);

        private final int code;

        Condition(final int code) {
            this.code = code;
        }
    }

    /** Functions of the kernel that a program may call (enum bpf_func_id). */
    public enum Helper {
        /** R1 map, R2 address of the key; R0 address of the value, or 0. */
        MAP_LOOKUP(1),
        /** R0 nanoseconds of CLOCK_MONOTONIC. */
        KTIME_NS(5),
        /** R1 device number, R2 flags; R0 the verdict to return. */
        REDIRECT(23);

        private final int code;

        Helper(final int code) {
            this.code = code;
        }
    }

    /** {@code to = *(address + offset)}, zero-extended. */
    public BpfAssembler load(final Size size, final Register to, final Register address, final int offset) {
        return emit(LDX | MEMORY | size.code, to.ordinal(), address.ordinal(), offset, 0);
    }

    /** {@code *(address + offset) = from}. */
    public BpfAssembler store(final Size size, final Register address, final int offset, final Register from) {
        return emit(STX | MEMORY | size.code, address.ordinal(), from.ordinal(), offset, 0);
    }

    /** {@code to = to operation from}. */
    public BpfAssembler alu64(final Operation operation, final Register to, final Register from) {
        return emit(ALU64 | FROM_REGISTER | operation.code, to.ordinal(), from.ordinal(), 0, 0);
    }

    /** {@code to = to operation immediate}, which is sign-extended. */
    public BpfAssembler alu64(final Operation operation, final Register to, final int immediate) {
        return emit(ALU64 | operation.code, to.ordinal(), 0, 0, immediate);
    }

    /** Like {@link #alu64(Operation, Register, Register)} on the lower halves; the upper half becomes 0. */
    public BpfAssembler alu32(final Operation operation, final Register to, final Register from) {
        return emit(ALU32 | FROM_REGISTER | operation.code, to.ordinal(), from.ordinal(), 0, 0);
    }

    /** Like {@link #alu64(Operation, Register, int)} on the lower half; the upper half becomes 0. */
    public BpfAssembler alu32(final Operation operation, final Register to, final int immediate) {
        return emit(ALU32 | operation.code, to.ordinal(), 0, 0, immediate);
    }

    /** Keeps the lower 16, 32 or 64 bits, turned to network order. */
    public BpfAssembler toNetworkOrder(final Register register, final int bits) {
        return emit(ALU32 | END | TO_BIG_ENDIAN, register.ordinal(), 0, 0, bits);
    }

    /** A 64-bit constant: two instructions. */
    public BpfAssembler constant(final Register to, final long value) {
        return emitWide(to, 0, (int) value, (int) (value >>> 32));
    }

    /** The map itself, for a helper's argument: two instructions. */
    public BpfAssembler map(final Register to, final int descriptor) {
        return emitWide(to, PSEUDO_MAP_FD, descriptor, 0);
    }

    /** The address of byte {@code offset} of an array map's first value, without a lookup: two instructions. */
    public BpfAssembler mapValue(final Register to, final int descriptor, final int offset) {
        return emitWide(to, PSEUDO_MAP_VALUE, descriptor, offset);
    }

    public BpfAssembler call(final Helper helper) {
        return emit(CALL, 0, 0, 0, helper.code);
    }

    public BpfAssembler jump(final String label) {
        jumps.put(count, label);
        return emit(JUMP, 0, 0, 0, 0);
    }

    public BpfAssembler jumpIf(
            final Register left, final Condition condition, final Register right, final String label) {
        jumps.put(count, label);
        return emit(JUMP | FROM_REGISTER | condition.code, left.ordinal(), right.ordinal(), 0, 0);
    }

    public BpfAssembler jumpIf(
            final Register left, final Condition condition, final int immediate, final String label) {
        jumps.put(count, label);
        return emit(JUMP | condition.code, left.ordinal(), 0, 0, immediate);
    }

    /** Ends the program with R0 as its result. */
    public BpfAssembler exit() {
        return emit(EXIT, 0, 0, 0, 0);
    }

    /** Names the next instruction. */
    public BpfAssembler label(final String name) {
        if (labels.put(name, count) != null) {
            throw new IllegalArgumentException("label " + name + " is there already");
        }
        return this;
    }

    /** The program, jumps resolved. */
    public long[] assemble() {
        final long[] program = Arrays.copyOf(instructions, count);
        jumps.forEach((at, label) -> {
            final Integer target = labels.get(label);
            if (target == null) {
                throw new IllegalArgumentException(
                        "instruction %d jumps to label %s, which is nowhere".formatted(at, label));
            }
            program[at] |= offset(target - at - 1);
        });
        return program;
    }

    private BpfAssembler emitWide(final Register to, final int from, final int low, final int high) {
        return emit(LOAD_IMMEDIATE_64, to.ordinal(), from, 0, low).emit(0, 0, 0, 0, high);
    }

    private BpfAssembler emit(final int opcode, final int to, final int from, final int offset, final int immediate) {
        if (count == instructions.length) {
            instructions = Arrays.copyOf(instructions, 2 * count);
        }
        instructions[count++] = opcode | to << 8 | from << 12 | offset(offset) | (long) immediate << 32;
        return this;
    }

    private static long offset(final int offset) {
        if (offset != (short) offset) {
            throw new IllegalArgumentException("an offset has 16 bits, signed: " + offset);
        }
        return (offset & 0xFFFFL) << 16;
    }
}
