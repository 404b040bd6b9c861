package org.portolan.bench.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Udp;

/** The program as a small machine of the test's own runs it; {@code SinkE2eTest} runs it in the kernel. */
class SampleFilterTest {
    private static final long NOW_NS = 1_764_000_000_000_000_000L;

    private final FaultyFrames frames = new FaultyFrames(1L << 41, 2, 64_512, FrameSize.of("64"));
    private final long[] program = SampleFilter.of(FaultyFrames.UNCHANGED).assemble();
    private final byte[] sampled = frames.sampled(1, 2, NOW_NS);

    @AfterEach
    void free() {
        frames.close();
    }

    /** net/core/filter.c, the instructions that the program uses; a load beyond the end returns 0. */
    private boolean passes(final byte[] frame) {
        int accumulator = 0;
        int index = 0;
        for (int at = 0; at < program.length; at++) {
            final int how = (int) program[at] & 0xFFFF;
            final int ifTrue = (int) (program[at] >>> 16) & 0xFF;
            final int ifFalse = (int) (program[at] >>> 24) & 0xFF;
            final int operand = (int) (program[at] >>> 32);
            final int offset = (how & 0x40) != 0 ? index + operand : operand;
            switch (how) {
                case 0x28, 0x48 -> {
                    if (offset + 2 > frame.length) {
                        return false;
                    }
                    accumulator = (frame[offset] & 0xFF) << 8 | frame[offset + 1] & 0xFF;
                }
                case 0x30, 0x50 -> {
                    if (offset >= frame.length) {
                        return false;
                    }
                    accumulator = frame[offset] & 0xFF;
                }
                case 0xB1 -> {
                    if (operand >= frame.length) {
                        return false;
                    }
                    index = (frame[operand] & 0xF) * 4;
                }
                case 0x15 -> at += accumulator == operand ? ifTrue : ifFalse;
                case 0x45 -> at += (accumulator & operand) != 0 ? ifTrue : ifFalse;
                case 0x06 -> {
                    return operand != 0;
                }
                default -> throw new AssertionError("instruction 0x%x".formatted(how));
            }
        }
        throw new AssertionError("ran off the program's end");
    }

    private boolean passes(final Consumer<Long> change) {
        return passes(frames.changed(sampled, change));
    }

    @Test
    void shouldPassASampledFrameAndNoOther() {
        assertThat(passes(sampled)).isTrue();
        assertThat(passes(at -> Memory.putU8(at + FaultyFrames.PROBE + Probe.SAMPLE_OFFSET, 1)))
                .isFalse();
        assertThat(passes(at -> Memory.putU16(at + Ethernet.TYPE_OFFSET, Ethernet.TYPE_ARP)))
                .isFalse();
        assertThat(passes(at -> Memory.putU8(at + FaultyFrames.IP + Ipv4.PROTOCOL_OFFSET, Ipv4.TCP)))
                .isFalse();
        assertThat(passes(at -> Udp.putDestinationPort(at + FaultyFrames.UDP, 9001)))
                .isFalse();
        assertThat(passes(at -> Memory.putU16(at + FaultyFrames.IP + Ipv4.FRAGMENT_OFFSET, 1)))
                .isFalse();
        assertThat(passes(new byte[10])).isFalse();
        assertThat(passes(Arrays.copyOf(sampled, 59))).isFalse();
    }

    @Test
    void shouldPassWrongFramesTooOrNobodyWouldSeeThem() {
        for (final Fault fault : FaultyFrames.ALONE) {
            assertThat(passes(frames.wrong(fault, sampled))).as(fault.text).isTrue();
        }
    }

    /** With the sequence number's last byte instead, only 252 of 64,512 flows would ever be looked at. */
    @Test
    void shouldPassOneFrameIn256WhateverTheFlow() {
        int passed = 0;
        final BitSet flows = new BitSet();
        for (int i = 0; i < 256_000; i++) {
            if (passes(frames.right(i, i % 64_512, NOW_NS + i * 1_000L))) {
                passed++;
                flows.set(i % 64_512);
            }
        }
        // 1,000 on the average, with a standard deviation of 32.
        assertThat(passed).isBetween(850, 1_150);
        assertThat(flows.cardinality()).isGreaterThan(passed - 50);
    }
}
