package org.portolan.dataplane.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.memory.Slab;

/** The punt ring while control reads nothing, and after it has read. */
class PuntProxyTest {
    private static final int RING_BYTES = 1 << 12;
    private static final int ARP_BYTES = 60;

    /** What an ARP frame takes of the ring: the record's header, the port, the frame, rounded up. */
    private static final int ARP_RECORD_BYTES = 72;

    private final OneToOneRingBuffer ring = new OneToOneRingBuffer(
            new UnsafeBuffer(ByteBuffer.allocateDirect(RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH)));
    private final PuntProxy punt = new PuntProxy(ring);
    private final Slab frame = Slab.allocate(ARP_BYTES, "a frame");

    @AfterEach
    void close() {
        frame.close();
    }

    private int resolveUntilRefused() {
        int taken = 0;
        while (taken < RING_BYTES && punt.resolve(0, 0x0A09_0000 + taken, 0x0A09_0001)) {
            taken++;
        }
        return taken;
    }

    private int arpUntilRefused() {
        int taken = 0;
        while (taken < RING_BYTES && punt.arp(0, frame.address(), ARP_BYTES)) {
            taken++;
        }
        return taken;
    }

    @Test
    void shouldLeaveHalfOfTheRingToArpFramesHoweverManyLookupsAreAskedFor() {
        assertThat(resolveUntilRefused()).isPositive();
        assertThat(ring.size()).isBetween(RING_BYTES / 2, RING_BYTES / 2 + 64);
        assertThat(arpUntilRefused()).isGreaterThanOrEqualTo(RING_BYTES / 2 / ARP_RECORD_BYTES - 1);
        assertThat(punt.resolve(0, 1, 2)).isFalse();
    }

    @Test
    void shouldLetArpFramesHaveTheWholeRing() {
        assertThat(arpUntilRefused()).isGreaterThanOrEqualTo(RING_BYTES / ARP_RECORD_BYTES - 1);
    }

    @Test
    void shouldTakeLookupsAgainOnceControlHasRead() {
        for (int round = 0; round < 10; round++) {
            assertThat(resolveUntilRefused()).isGreaterThanOrEqualTo(RING_BYTES / 2 / 32);
            while (ring.read((type, buffer, index, length) -> {}) > 0) {}
            assertThat(ring.size()).isZero();
        }
    }
}
