package org.portolan.bench.bpf;

import static org.portolan.bench.bpf.BpfAssembler.Register.R0;
import static org.portolan.bench.bpf.BpfAssembler.Register.R1;
import static org.portolan.bench.bpf.BpfAssembler.Register.R10;
import static org.portolan.bench.bpf.BpfAssembler.Register.R2;
import static org.portolan.bench.bpf.BpfAssembler.Register.R3;
import static org.portolan.bench.bpf.BpfAssembler.Register.R4;
import static org.portolan.bench.bpf.BpfAssembler.Register.R5;
import static org.portolan.bench.bpf.BpfAssembler.Register.R6;
import static org.portolan.bench.bpf.BpfAssembler.Register.R7;
import static org.portolan.bench.bpf.BpfAssembler.Register.R8;
import static org.portolan.bench.bpf.BpfAssembler.Register.R9;

import org.portolan.bench.bpf.BpfAssembler.Condition;
import org.portolan.bench.bpf.BpfAssembler.Helper;
import org.portolan.bench.bpf.BpfAssembler.Operation;
import org.portolan.bench.bpf.BpfAssembler.Register;
import org.portolan.bench.bpf.BpfAssembler.Size;
import org.portolan.bench.traffic.FrameWriter;
import org.portolan.bench.traffic.Probe;
import org.portolan.bench.traffic.TrafficFlows;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.system.Bpf;
import org.portolan.dataplane.system.Libc;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Udp;

/**
 * The XDP program that makes a frame into the next one of a run and redirects it to a device: byte for byte what the
 * {@link FrameWriter} would write. It works one frame after another, on one CPU.
 *
 * <p>It shares two arrays with this process. The endpoints are written here, once, in the order of sending: 8 bytes a
 * flow. The run's words are written here before a run, and by the program alone during one:
 * <pre>
 *  0   first frame's time, CLOCK_REALTIME ns; without a gap, what to add to CLOCK_MONOTONIC
 *  8   gap between frames, 2^-20 ns; 0: a frame is due when it is made
 * 16   gaps so far
 * 24   frames so far
 * 32   next flow
 * 40   run, in bits 31 to 24
 * </pre>
 *
 * <p>Registers: R6 the frame, R7 the run's words, R8 the flow (later run and flow), R9 the time that the frame is due.
 */
final class FrameProgram implements AutoCloseable {
    /** Bits behind the point of a gap: after 10^8 frames the sum is off by less than 100 ns. */
    static final int GAP_BITS = 20;

    private static final int TIME = 0;
    private static final int GAP = 8;
    private static final int ELAPSED = 16;
    private static final int FRAMES = 24;
    private static final int FLOW = 32;
    private static final int RUN = 40;
    private static final int RUN_BYTES = 48;
    private static final int ENDPOINT_BYTES = 8;

    // struct xdp_md
    private static final int DATA = 0;
    private static final int DATA_END = 4;
    private static final int KEY = -8;

    private final FrameTemplate template;
    private final BpfArray run;
    private final BpfArray endpoints;
    private final int descriptor;

    /** @param device number of the device to send from, in the network namespace of the thread that runs the program */
    FrameProgram(final FrameWriter writer, final int device) {
        template = FrameTemplate.of(writer);
        final TrafficFlows flows = writer.flows();
        run = new BpfArray(RUN_BYTES, 1, "portolan_run");
        try {
            endpoints = new BpfArray(ENDPOINT_BYTES, flows.count(), "portolan_flows");
        } catch (final RuntimeException e) {
            run.close();
            throw e;
        }
        try {
            for (int flow = 0; flow < flows.count(); flow++) {
                final long endpoint = endpoints.address() + (long) ENDPOINT_BYTES * flow;
                Memory.putU32(endpoint, flows.address(flow));
                Memory.putU16(endpoint + 4, flows.port(flow));
            }
            descriptor = Bpf.loadXdp(program(flows.count(), device), "portolan_send");
        } catch (final RuntimeException e) {
            endpoints.close();
            run.close();
            throw e;
        }
    }

    /** Begins a run whose frames are due in a row, the first at {@code firstNs}. */
    void beginAtRate(final int number, final long firstNs, final double gapNs) {
        begin(number, firstNs, (long) (gapNs * (1L << GAP_BITS)));
    }

    /** Begins a run whose frames are due when they are made; {@code realtimeNs - monotonicNs} of one moment. */
    void beginFlatOut(final int number, final long clockOffsetNs) {
        begin(number, clockOffsetNs, 0);
    }

    private void begin(final int number, final long timeNs, final long gap) {
        run.putWord(TIME, timeNs);
        run.putWord(GAP, gap);
        run.putWord(ELAPSED, 0);
        run.putWord(FRAMES, 0);
        run.putWord(RUN, number << 24 & 0xFFFF_FFFFL);
    }

    /** Frames made in this run so far. */
    long frames() {
        return run.word(FRAMES);
    }

    int descriptor() {
        return descriptor;
    }

    FrameTemplate template() {
        return template;
    }

    private long[] program(final int flows, final int device) {
        final BpfAssembler code = new BpfAssembler();
        code.load(Size.WORD, R6, R1, DATA)
                .load(Size.WORD, R2, R1, DATA_END)
                .alu64(Operation.MOVE, R3, R6)
                .alu64(Operation.ADD, R3, template.frame().length)
                .jumpIf(R3, Condition.GREATER, R2, "drop")
                .mapValue(R7, run.descriptor(), 0);
        due(code);
        nextFlow(code, flows);
        endpoint(code);
        probe(code);
        if (template.checksums()) {
            udpChecksum(code);
        }
        return code.alu64(Operation.MOVE, R1, device)
                .alu64(Operation.MOVE, R2, 0)
                .call(Helper.REDIRECT)
                .exit()
                .label("drop")
                .alu64(Operation.MOVE, R0, Bpf.XDP_DROP)
                .exit()
                .assemble();
    }

    private static void due(final BpfAssembler code) {
        code.load(Size.DOUBLE, R8, R7, GAP)
                .jumpIf(R8, Condition.EQUAL, 0, "flat out")
                .load(Size.DOUBLE, R9, R7, ELAPSED)
                .alu64(Operation.ADD, R8, R9)
                .store(Size.DOUBLE, R7, ELAPSED, R8)
                .alu64(Operation.SHIFT_RIGHT, R9, GAP_BITS)
                .jump("due")
                .label("flat out")
                .call(Helper.KTIME_NS)
                .alu64(Operation.MOVE, R9, R0)
                .label("due")
                .load(Size.DOUBLE, R1, R7, TIME)
                .alu64(Operation.ADD, R9, R1);
    }

    private static void nextFlow(final BpfAssembler code, final int flows) {
        code.load(Size.DOUBLE, R8, R7, FLOW)
                .alu64(Operation.MOVE, R1, R8)
                .alu64(Operation.ADD, R1, 1)
                .jumpIf(R1, Condition.LESS, flows, "same lap")
                .alu64(Operation.MOVE, R1, 0)
                .label("same lap")
                .store(Size.DOUBLE, R7, FLOW, R1);
    }

    /** Address, port and the IPv4 checksum; leaves the sum of the UDP checksum so far in R5. */
    private void endpoint(final BpfAssembler code) {
        code.store(Size.WORD, R10, KEY, R8)
                .alu64(Operation.MOVE, R2, R10)
                .alu64(Operation.ADD, R2, KEY)
                .map(R1, endpoints.descriptor())
                .call(Helper.MAP_LOOKUP)
                .jumpIf(R0, Condition.EQUAL, 0, "drop")
                .load(Size.WORD, R5, R0, 0)
                .load(Size.HALF, R3, R0, 4)
                .store(Size.WORD, R6, template.addressAt(), R5)
                .store(Size.HALF, R6, template.portAt(), R3)
                .alu64(Operation.MOVE, R1, R5)
                .alu64(Operation.ADD, R1, template.headerSum());
        fold(code, R1, R2);
        code.alu64(Operation.XOR, R1, -1)
                .store(Size.HALF, R6, FrameTemplate.IP_AT + Ipv4.CHECKSUM_OFFSET, R1)
                .alu64(Operation.ADD, R5, R3)
                .alu64(Operation.ADD, R5, template.udpSum());
    }

    /** The {@link Probe}, its words added to R5 as they stand in the frame. */
    private void probe(final BpfAssembler code) {
        code.load(Size.DOUBLE, R1, R7, RUN)
                .alu64(Operation.OR, R8, R1)
                .load(Size.DOUBLE, R4, R7, FRAMES)
                .alu64(Operation.MOVE, R1, R4)
                .alu64(Operation.ADD, R1, 1)
                .store(Size.DOUBLE, R7, FRAMES, R1);
        // R3 = mark: as Probe computes it, the sequence number widened with its sign.
        code.alu64(Operation.MOVE, R3, R8)
                .alu64(Operation.SHIFT_LEFT, R3, 32)
                .alu64(Operation.XOR, R3, R9)
                .alu64(Operation.XOR, R3, template.frame().length - FrameTemplate.PROBE_AT)
                .constant(R1, 0x9E37_79B9_7F4A_7C15L)
                .alu64(Operation.MULTIPLY, R3, R1)
                .alu64(Operation.MOVE, R1, R4)
                .alu64(Operation.SHIFT_LEFT, R1, 32)
                .alu64(Operation.SHIFT_RIGHT_SIGNED, R1, 32)
                .alu64(Operation.ADD, R3, R1)
                .alu64(Operation.MOVE, R1, R3)
                .alu64(Operation.SHIFT_RIGHT, R1, 32)
                .alu64(Operation.XOR, R3, R1)
                .constant(R1, 0xD6E8_FEB8_6659_FD93L)
                .alu64(Operation.MULTIPLY, R3, R1)
                .alu64(Operation.SHIFT_RIGHT, R3, 48);
        putWord(code, R9, 64, Size.DOUBLE, Probe.INTENDED_OFFSET);
        putWord(code, R4, 32, Size.WORD, Probe.SEQUENCE_OFFSET);
        putWord(code, R8, 32, Size.WORD, Probe.RUN_OFFSET);
        putWord(code, R3, 16, Size.HALF, Probe.MARK_OFFSET);
        // 64 bits are added in two halves, so that no carry is lost.
        code.alu32(Operation.MOVE, R1, R9)
                .alu64(Operation.ADD, R5, R1)
                .alu64(Operation.SHIFT_RIGHT, R9, 32)
                .alu64(Operation.ADD, R5, R9)
                .alu64(Operation.ADD, R5, R4)
                .alu64(Operation.ADD, R5, R8)
                .alu64(Operation.ADD, R5, R3);
    }

    private static void putWord(
            final BpfAssembler code, final Register value, final int bits, final Size size, final int offset) {
        code.toNetworkOrder(value, bits).store(size, R6, FrameTemplate.PROBE_AT + offset, value);
    }

    /** RFC 768: a sum that comes out as 0 is sent as all ones. */
    private static void udpChecksum(final BpfAssembler code) {
        fold(code, R5, R1);
        code.alu64(Operation.XOR, R5, 0xFFFF)
                .jumpIf(R5, Condition.NOT_EQUAL, 0, "checksum")
                .alu64(Operation.MOVE, R5, 0xFFFF)
                .label("checksum")
                .store(Size.HALF, R6, FrameTemplate.UDP_AT + Udp.CHECKSUM_OFFSET, R5);
    }

    /** A sum of up to 2^20 words of 32 bits, folded to 16 with end-around carry. */
    private static void fold(final BpfAssembler code, final Register sum, final Register scratch) {
        code.alu32(Operation.MOVE, scratch, sum)
                .alu64(Operation.SHIFT_RIGHT, sum, 32)
                .alu64(Operation.ADD, sum, scratch);
        for (int round = 0; round < 3; round++) {
            code.alu64(Operation.MOVE, scratch, sum)
                    .alu64(Operation.AND, scratch, 0xFFFF)
                    .alu64(Operation.SHIFT_RIGHT, sum, 16)
                    .alu64(Operation.ADD, sum, scratch);
        }
    }

    @Override
    public void close() {
        Libc.close(descriptor);
        endpoints.close();
        run.close();
    }
}
