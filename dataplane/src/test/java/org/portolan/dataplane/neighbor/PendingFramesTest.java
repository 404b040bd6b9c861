package org.portolan.dataplane.neighbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FrameOwner;
import org.portolan.dataplane.io.FramePool;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

class PendingFramesTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int HOP = 0xC0A80114;

    /** Tells the few senders apart that wait at one time in these tests. */
    private static final long SECRET = 42;

    private final Slab slab = Slab.allocate(4096, "test");
    private final FramePool pool = new FramePool(17, 256);
    private final PendingFrames pending = new PendingFrames(pool, 16, 4, SECRET);
    private final Frame frame = new Frame();

    @AfterEach
    void free() {
        assertThat(pool.free()).as("slots that nothing waits in").isEqualTo(17 - pending.size());
        pool.close();
        slab.close();
    }

    /** A sender of its own for each tag. */
    private int hold(final int port, final int nextHop, final int tag, final int length, final long nowNs) {
        return holdFrom(tag, port, nextHop, tag, length, nowNs);
    }

    private int holdFrom(
            final int source, final int port, final int nextHop, final int tag, final int length, final long nowNs) {
        Memory.putU32(slab.address(), tag);
        Memory.putU32(slab.address() + Ethernet.HEADER_BYTES + Ipv4.SOURCE_OFFSET, source);
        Memory.putU8(slab.address() + length - 1, tag);
        return pending.hold(port, nextHop, slab.address(), length, tag * 3L, nowNs);
    }

    private int hold(final int nextHop, final int tag) {
        return hold(0, nextHop, tag, 60, tag);
    }

    private void end(final int slot) {
        pending.resume(slot, frame);
        pool.release(slot);
    }

    private List<Integer> tags() {
        final List<Integer> tags = new ArrayList<>();
        for (int i = pending.next(-1); i >= 0; i = pending.next(i)) {
            tags.add(Memory.u32(pool.address(i)));
        }
        return tags;
    }

    @Test
    void shouldGiveBackWhatItWasGiven() {
        assertThat(pending.size()).isZero();
        assertThat(pending.next(-1)).isEqualTo(-1);

        assertThat(hold(3, HOP, 0x42, 256, 99)).isZero();
        Memory.zero(slab.address(), 256);

        final int slot = pending.next(-1);
        assertThat(pending.size()).isEqualTo(1);
        assertThat(pending.port(slot)).isEqualTo(3);
        assertThat(pending.nextHop(slot)).isEqualTo(HOP);
        assertThat(pending.heldSinceNs(slot)).isEqualTo(99);
        assertThat(pending.next(slot)).isEqualTo(-1);
        assertThat(pool.owner(slot)).isEqualTo(FrameOwner.HOLDER);
        pending.resume(slot, frame);
        assertThat(pool.owner(slot)).isEqualTo(FrameOwner.PIPELINE);
        assertThat(frame.slot()).isEqualTo(slot);
        assertThat(frame.length()).isEqualTo(256);
        assertThat(frame.offload()).isEqualTo(0x42 * 3L);
        assertThat(frame.arrivalNs())
                .as("waiting is no latency of the router's")
                .isZero();
        assertThat(Memory.u32(frame.address())).isEqualTo(0x42);
        assertThat(Memory.u8(frame.address() + 255)).isEqualTo(0x42);
        pool.release(slot);
        assertThat(pending.size()).isZero();
        assertThat(pending.next(-1)).isEqualTo(-1);
    }

    @Test
    @DisplayName("RFC 1122 2.3.2.2: the latest frames to one next hop are kept, the oldest goes first")
    void shouldKeepTheLatestFourOfAHop() {
        for (int tag = 1; tag <= 6; tag++) {
            assertThat(hold(HOP, tag)).isZero();
        }

        assertThat(tags()).containsExactly(3, 4, 5, 6);
        assertThat(pending.replaced()).isEqualTo(2);
        assertThat(pending.replaced()).isZero();
        assertThat(pending.size()).isEqualTo(4);
    }

    @Test
    void shouldKeepHopsApartByAddressAndByPort() {
        hold(0, HOP, 1, 60, 0);
        hold(1, HOP, 2, 60, 0);
        hold(0, HOP + 1, 3, 60, 0);
        hold(0, HOP, 4, 60, 0);

        assertThat(tags()).containsExactly(1, 4, 2, 3);
    }

    @Test
    void shouldRefuseWhatDoesNotFitAndWhatThereIsNoRoomFor() {
        assertThat(pending.hold(0, HOP, slab.address(), 257, 0, 0)).isEqualTo(DropReason.NEIGHBOR_TOO_BIG.code);
        for (int hop = 0; hop < 16; hop++) {
            assertThat(hold(HOP + hop, hop)).isZero();
        }
        assertThat(hold(HOP + 16, 99)).isEqualTo(DropReason.NEIGHBOR_QUEUE_FULL.code);
        assertThat(hold(HOP + 3, 99)).isEqualTo(DropReason.NEIGHBOR_QUEUE_FULL.code);
        assertThat(pending.size()).isEqualTo(pending.capacity());

        end(pending.next(-1));
        assertThat(hold(HOP + 16, 99)).isZero();
    }

    /** Somebody else may have taken what the pool has. */
    @Test
    void shouldRefuseWhatThePoolHasNoSlotFor() {
        final int[] taken = new int[16];
        for (int i = 0; i < taken.length; i++) {
            taken[i] = pool.take();
        }
        assertThat(hold(HOP, 1)).isZero();
        assertThat(hold(HOP + 1, 2)).isEqualTo(DropReason.NEIGHBOR_QUEUE_FULL.code);
        for (int tag = 3; tag < 9; tag++) {
            pool.release(taken[tag]);
            assertThat(hold(HOP, tag)).isZero();
        }
        assertThat(tags()).containsExactly(5, 6, 7, 8);
        for (int i = 0; i < taken.length; i++) {
            if (i < 3 || i > 8) {
                pool.release(taken[i]);
            }
        }
    }

    @Test
    void shouldLeaveOthersAsMuchRoomAsTheOneWhoHoldsMost() {
        final int sweeper = 0xC0A80166;
        int taken = 0;
        while (holdFrom(sweeper, 0, HOP + taken, taken, 60, 0) == 0) {
            taken++;
        }
        assertThat(taken).as("half of 16, and one").isEqualTo(9);
        for (int other = 0; other < 7; other++) {
            assertThat(hold(HOP + 100 + other, other)).isZero();
        }
        assertThat(pending.size()).isEqualTo(pending.capacity());
    }

    /** Sources beside a victim's, and those that share a value with it under a multiplication that everybody knows. */
    @Test
    void shouldLetNobodyChooseASourceThatSharesAnothersRoom() {
        final int victim = 0xC0A80166;
        final int rounds = 200;
        int most = 0;
        for (final int attacker : new int[] {victim + 1, victim ^ 0x8000, victim ^ 1 << 31, sameUnkeyedHash(victim)}) {
            int shut = 0;
            for (int secret = 0; secret < rounds; secret++) {
                try (FramePool each = new FramePool(16, 256)) {
                    shut += isShutOut(new PendingFrames(each, 16, 4, secret), victim, attacker) ? 1 : 0;
                }
            }
            most = Math.max(most, shut);
        }
        assertThat(most)
                .as("of %d secrets, two values of 1024 are alike", rounds)
                .isLessThanOrEqualTo(4);
    }

    private static int sameUnkeyedHash(final int victim) {
        int other = victim + 1;
        while (other * 0x9E3779B1 >>> 22 != victim * 0x9E3779B1 >>> 22) {
            other++;
        }
        return other;
    }

    private boolean isShutOut(final PendingFrames frames, final int victim, final int attacker) {
        Memory.putU32(slab.address() + Ethernet.HEADER_BYTES + Ipv4.SOURCE_OFFSET, attacker);
        for (int hop = 0; frames.hold(0, HOP + hop, slab.address(), 60, 0, 0) == 0; hop++) {}
        Memory.putU32(slab.address() + Ethernet.HEADER_BYTES + Ipv4.SOURCE_OFFSET, victim);
        return frames.hold(0, HOP + 100, slab.address(), 60, 0, 0) != 0;
    }

    @Test
    void shouldGiveTheShareBackToTheSenderThatTheFrameCameFrom() {
        final int sender = 0xC0A80166;
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 9; i++) {
                assertThat(holdFrom(sender, 0, HOP + i, i, 60, 0)).isZero();
            }
            for (int i = pending.next(-1), following; i >= 0; i = following) {
                following = pending.next(i);
                assertThat(pending.source(i)).isEqualTo(sender);
                // What the translation does to a frame before it is released.
                Memory.putU32(pool.address(i) + Ethernet.HEADER_BYTES + Ipv4.SOURCE_OFFSET, 0xCB007102);
                end(i);
            }
        }
    }

    @Test
    void shouldReplaceWithinAHopThoughThePoolIsFull() {
        for (int i = 0; i < 16; i++) {
            hold(HOP + i / 4, i);
        }

        assertThat(hold(HOP + 2, 99)).isZero();

        assertThat(pending.replaced()).isEqualTo(1);
        assertThat(tags()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 99, 12, 13, 14, 15);
    }

    @Test
    void shouldLetTheWalkerReleaseAsItGoes() {
        for (int i = 0; i < 12; i++) {
            hold(HOP + i % 3, i);
        }
        for (int i = pending.next(-1), following; i >= 0; i = following) {
            following = pending.next(i);
            if (pending.nextHop(i) != HOP + 1) {
                end(i);
            }
        }
        assertThat(tags()).containsExactly(1, 4, 7, 10);
    }

    @Test
    void shouldAskAtTheFirstFrameAndThenEachSecond() {
        hold(HOP, 1);
        hold(HOP, 2);

        assertThat(pending.mustAsk(0, HOP, 0)).isTrue();
        assertThat(pending.mustAsk(0, HOP, SECOND_NS - 1)).isFalse();
        assertThat(pending.mustAsk(pending.next(-1), SECOND_NS - 1)).isFalse();
        assertThat(pending.mustAsk(pending.next(-1), SECOND_NS)).isTrue();
        assertThat(pending.mustAsk(0, HOP, SECOND_NS)).isFalse();
        assertThat(pending.mustAsk(1, HOP, SECOND_NS)).as("another port").isTrue();
    }

    @Test
    void shouldAskForAHopWhoseFramesAreTooBigToWait() {
        assertThat(pending.mustAsk(0, HOP, 5)).isTrue();
        assertThat(pending.mustAsk(0, HOP, 6)).isFalse();
        assertThat(pending.mustAsk(0, HOP, 5 + SECOND_NS)).isTrue();
    }

    @Test
    void shouldAgreeWithQueuesThroughALongChurn() {
        final SplittableRandom random = new SplittableRandom(11);
        final Map<Integer, Deque<Integer>> model = new LinkedHashMap<>();
        int replaced = 0;
        int held = 0;
        for (int tag = 0; tag < 100_000; tag++) {
            final int hop = HOP + random.nextInt(9);
            if (random.nextInt(3) > 0) {
                final Deque<Integer> queue = model.getOrDefault(hop, new ArrayDeque<>());
                final boolean pushes = queue.size() == 4;
                final boolean full = !pushes && held == 16;
                assertThat(hold(hop, tag)).isEqualTo(full ? DropReason.NEIGHBOR_QUEUE_FULL.code : 0);
                if (!full) {
                    if (pushes) {
                        queue.removeFirst();
                        replaced++;
                        held--;
                    }
                    queue.addLast(tag);
                    held++;
                    model.putIfAbsent(hop, queue);
                }
            } else {
                for (int i = pending.next(-1), following; i >= 0; i = following) {
                    following = pending.next(i);
                    if (random.nextInt(4) == 0) {
                        final Deque<Integer> queue = model.get(pending.nextHop(i));
                        queue.remove(Memory.u32(pool.address(i)));
                        end(i);
                        held--;
                        model.values().removeIf(Deque::isEmpty);
                    }
                }
            }
            assertThat(pending.size()).isEqualTo(held);
            if (tag % 50 == 0) {
                assertThat(tags())
                        .isEqualTo(
                                model.values().stream().flatMap(Deque::stream).toList());
            }
        }
        assertThat(replaced).isPositive();
        assertThat(pending.replaced()).isEqualTo(replaced);
    }

    @Test
    void shouldRefuseSizesThatCannotWork() {
        assertThatThrownBy(() -> new PendingFrames(pool, 0, 4, SECRET)).hasMessageContaining("0 frames");
        assertThatThrownBy(() -> new PendingFrames(pool, 18, 4, SECRET))
                .hasMessageContaining("18 frames of a pool of 17");
    }
}
