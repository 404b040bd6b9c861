package org.portolan.bench.traffic;

import java.util.ArrayList;
import java.util.List;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Libc;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Udp;

/**
 * A classic BPF program (include/uapi/linux/filter.h, Documentation/networking/filter.rst) that passes one test frame
 * in {@link Probe#SAMPLE} and nothing else, so that the kernel copies only those. On an AF_PACKET socket of type
 * SOCK_RAW offset 0 is the Ethernet header, and the socket sees a frame before netdev ingress chains drop it.
 *
 * <p>An instruction is a struct sock_filter as one long of a little-endian machine: 16 bits of code, 8 of jump if
 * true, 8 of jump if false, 32 of operand.
 */
final class SampleFilter {
    // include/uapi/linux/bpf_common.h
    private static final int LOAD_HALF = 0x28;
    private static final int LOAD_BYTE = 0x30;
    private static final int LOAD_HALF_INDEXED = 0x48;
    private static final int LOAD_BYTE_INDEXED = 0x50;
    private static final int INDEX_FROM_HEADER_LENGTH = 0xB1;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int JUMP_IF_ANY = 0x45;
    private static final int RETURN = 0x06;

    private static final int WHOLE_FRAME = 0x4_0000;
    private static final int FRAGMENT_OFFSET_BITS = 0x1FFF;

    // include/uapi/asm-generic/socket.h; struct sock_fprog is 16 bytes, with a count and a pointer.
    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SOCK_FPROG_BYTES = 16;
    private static final int INSTRUCTION_BYTES = 8;

    private final List<int[]> code = new ArrayList<>();

    private SampleFilter() {}

    /** The program for the frames of a passage. */
    static SampleFilter of(final Passage passage) {
        final int portAt =
                passage.direction() == TrafficDirection.OUTBOUND ? Udp.DESTINATION_PORT_OFFSET : Udp.SOURCE_PORT_OFFSET;
        return new SampleFilter()
                .load(LOAD_HALF, Ethernet.TYPE_OFFSET)
                .require(Ethernet.TYPE_IPV4)
                .load(LOAD_BYTE, Ethernet.HEADER_BYTES + Ipv4.PROTOCOL_OFFSET)
                .require(Ipv4.UDP)
                .load(LOAD_HALF, Ethernet.HEADER_BYTES + Ipv4.FRAGMENT_OFFSET)
                .refuse(FRAGMENT_OFFSET_BITS)
                .load(INDEX_FROM_HEADER_LENGTH, Ethernet.HEADER_BYTES)
                .load(LOAD_HALF_INDEXED, Ethernet.HEADER_BYTES + portAt)
                .require(passage.serverPort())
                .load(LOAD_BYTE_INDEXED, Ethernet.HEADER_BYTES + Udp.HEADER_BYTES + Probe.SAMPLE_OFFSET)
                .require(0);
    }

    /** From now on the socket sees those frames only. */
    void attachTo(final int fd) {
        final long[] program = assemble();
        try (Slab memory =
                Slab.allocate(SOCK_FPROG_BYTES + (long) INSTRUCTION_BYTES * program.length, "a socket filter")) {
            final long instructions = memory.address() + SOCK_FPROG_BYTES;
            Memory.putLong(memory.address(), program.length);
            Memory.putLong(memory.address() + 8, instructions);
            for (int i = 0; i < program.length; i++) {
                Memory.putLong(instructions + (long) INSTRUCTION_BYTES * i, program[i]);
            }
            Libc.setSocketOption(
                    fd, SOL_SOCKET, SO_ATTACH_FILTER, memory.address(), SOCK_FPROG_BYTES, "SO_ATTACH_FILTER");
        }
    }

    private SampleFilter load(final int how, final int offset) {
        code.add(new int[] {how, offset});
        return this;
    }

    /** What was loaded is {@code value}, or the frame is passed over. */
    private SampleFilter require(final int value) {
        code.add(new int[] {JUMP_IF_EQUAL, value});
        return this;
    }

    /** What was loaded has none of these bits, or the frame is passed over. */
    private SampleFilter refuse(final int bits) {
        code.add(new int[] {JUMP_IF_ANY, bits});
        return this;
    }

    /** Adds both ends: the frame whole, and nothing. */
    long[] assemble() {
        final int nothing = code.size() + 1;
        final long[] program = new long[nothing + 1];
        for (int at = 0; at < code.size(); at++) {
            final int how = code.get(at)[0];
            final int away = nothing - at - 1;
            program[at] =
                    instruction(how, how == JUMP_IF_ANY ? away : 0, how == JUMP_IF_EQUAL ? away : 0, code.get(at)[1]);
        }
        program[nothing - 1] = instruction(RETURN, 0, 0, WHOLE_FRAME);
        program[nothing] = instruction(RETURN, 0, 0, 0);
        return program;
    }

    private static long instruction(final int how, final int ifTrue, final int ifFalse, final int operand) {
        return how | (long) ifTrue << 16 | (long) ifFalse << 24 | (long) operand << 32;
    }
}
