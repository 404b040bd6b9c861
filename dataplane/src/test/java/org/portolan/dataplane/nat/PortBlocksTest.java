package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.wire.Ipv4;

class PortBlocksTest {
    private static final int FIRST = 1;
    private static final int SECOND = 2;

    private final PortMemory memory = new PortMemory();

    /** Two addresses, whose blocks are nobody's; a space of each. */
    private final long piece = unowned();

    private final long otherPiece = unowned();
    private final long space = PortMemory.space(piece, Ipv4.ICMP);
    private final long otherSpace = PortMemory.space(otherPiece, Ipv4.ICMP);
    private final PortBlocks ports = new PortBlocks(TestConfig.secrets(99).ports());

    private long unowned() {
        final long taken = memory.take();
        for (int block = 0; block < PortBlocks.BLOCKS; block++) {
            PortBlocks.give(taken, block, PortBlocks.NOBODY);
        }
        return taken;
    }

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void shouldGiveEveryPortOfAClassOnceAndThenNone() {
        final BitSet given = new BitSet();
        for (int i = 0; i < 64_512; i++) {
            final int port = ports.takeAny(space, PortBlocks.UNPRIVILEGED);
            assertThat(port).isBetween(1024, 65_535);
            assertThat(given.get(port)).isFalse();
            given.set(port);
        }
        assertThat(ports.takeAny(space, PortBlocks.UNPRIVILEGED)).isEqualTo(-1);
        assertThat(ports.takeAny(space, PortBlocks.PRIVILEGED))
                .as("the other class is untouched")
                .isBetween(0, 1023);
        assertThat(ports.takeAny(otherSpace, PortBlocks.UNPRIVILEGED))
                .as("the other space is untouched")
                .isBetween(1024, 65_535);
    }

    @Test
    void shouldFindTheLastFreePortWhereverItIs() {
        takeAll(space);
        for (int port = 0; port <= 65_535; port++) {
            assertThat(ports.takeAny(space, PortBlocks.EVERY)).isEqualTo(-1);
            PortBlocks.free(space, port);
            assertThat(ports.takeAny(space, PortBlocks.EVERY)).isEqualTo(port);
        }
    }

    private void takeAll(final long space) {
        for (int port = 0; port <= 65_535; port++) {
            assertThat(PortBlocks.take(space, port)).isTrue();
        }
    }

    @Test
    void shouldNeverLeaveTheBlocks() {
        takeAll(space);
        PortBlocks.free(space, 1023);
        PortBlocks.free(space, 5 * 1024);
        PortBlocks.free(space, 65_535);
        assertThat(ports.takeAny(space, 0)).isEqualTo(-1);
        assertThat(ports.takeAny(space, 0x7FFF_FFFF_FFFF_FFDEL)).isEqualTo(-1);
        assertThat(ports.takeAny(space, 1L << 5 | 1L << 4)).isEqualTo(5 * 1024);
        assertThat(ports.takeAny(space, PortBlocks.PRIVILEGED)).isEqualTo(1023);
        assertThat(ports.takeAny(space, 1L << 62)).isEqualTo(-1);
        assertThat(ports.takeAny(space, 1L << 63)).isEqualTo(65_535);
    }

    @Test
    void shouldRefuseATakenPort() {
        assertThat(PortBlocks.take(space, 5000)).isTrue();
        assertThat(PortBlocks.take(space, 5000)).isFalse();
        assertThat(PortBlocks.isFree(space, 5000)).isFalse();
        PortBlocks.free(space, 5000);
        assertThat(PortBlocks.isFree(space, 5000)).isTrue();
        assertThat(PortBlocks.take(space, 5000)).isTrue();
    }

    @Test
    void shouldAgreeWithABitSetUnderRandomUse() {
        final Random random = new Random(5);
        final BitSet taken = new BitSet();
        for (int step = 0; step < 300_000; step++) {
            final int port = random.nextInt(65_536);
            switch (random.nextInt(3)) {
                case 0 -> {
                    assertThat(PortBlocks.take(otherSpace, port)).isEqualTo(!taken.get(port));
                    taken.set(port);
                }
                case 1 -> {
                    if (taken.get(port)) {
                        PortBlocks.free(otherSpace, port);
                        taken.clear(port);
                    }
                }
                default -> takeAny(random.nextLong() & random.nextLong() & random.nextLong(), taken);
            }
        }
    }

    private void takeAny(final long blocks, final BitSet taken) {
        final int got = ports.takeAny(otherSpace, blocks);
        if (got < 0) {
            for (int port = taken.nextClearBit(0); port <= 65_535; port = taken.nextClearBit(port + 1)) {
                assertThat(PortBlocks.contains(blocks, port))
                        .as("port %d", port)
                        .isFalse();
            }
        } else {
            assertThat(PortBlocks.contains(blocks, got)).isTrue();
            assertThat(taken.get(got)).isFalse();
            taken.set(got);
        }
    }

    @Test
    void shouldGiveEachOwnerThePortsOfItsBlocksToTheLastOne() {
        for (int block = 0; block < PortBlocks.BLOCKS; block++) {
            PortBlocks.give(piece, block, block % 3 == 0 ? FIRST : SECOND);
        }
        final BitSet given = new BitSet();
        final int ofFirst = takeUntilNone(FIRST, given);
        final int ofSecond = takeUntilNone(SECOND, given);
        assertThat(ofFirst).isEqualTo(22 * 1024);
        assertThat(ofSecond).isEqualTo(42 * 1024);
        assertThat(given.cardinality()).isEqualTo(65_536);
        PortBlocks.free(space, 3 * 1024 + 77);
        assertThat(ports.takeAny(space, PortBlocks.blocksOf(piece, SECOND)))
                .as("free, but the other's")
                .isEqualTo(-1);
        assertThat(ports.takeAny(space, PortBlocks.blocksOf(piece, FIRST))).isEqualTo(3 * 1024 + 77);
    }

    private int takeUntilNone(final int owner, final BitSet given) {
        int count = 0;
        for (int port = ports.takeAny(space, PortBlocks.blocksOf(piece, owner));
                port >= 0;
                port = ports.takeAny(space, PortBlocks.blocksOf(piece, owner))) {
            assertThat(PortBlocks.ownerOf(piece, port)).isEqualTo(owner);
            assertThat(given.get(port)).as("port %d twice", port).isFalse();
            given.set(port);
            count++;
        }
        return count;
    }

    @Test
    void shouldKnowWhoseABlockIsWhenItChangesHands() {
        final int host = 40_000;
        assertThat(PortBlocks.ownerOf(otherPiece, 5000)).isEqualTo(PortBlocks.NOBODY);
        assertThat(ports.takeAny(otherSpace, PortBlocks.blocksOf(otherPiece, FIRST)))
                .isEqualTo(-1);
        PortBlocks.give(otherPiece, 4, FIRST);
        assertThat(PortBlocks.ownerOf(otherPiece, 4096)).isEqualTo(FIRST);
        assertThat(PortBlocks.ownerOf(otherPiece, 5119)).isEqualTo(FIRST);
        assertThat(PortBlocks.ownerOf(otherPiece, 5120)).isEqualTo(PortBlocks.NOBODY);
        assertThat(PortBlocks.ownerOf(piece, 4096)).as("another address").isEqualTo(PortBlocks.NOBODY);
        PortBlocks.give(otherPiece, 4, SECOND);
        assertThat(PortBlocks.blocksOf(otherPiece, FIRST)).isZero();
        assertThat(PortBlocks.blocksOf(otherPiece, SECOND)).isEqualTo(1L << 4);
        PortBlocks.give(otherPiece, 4, host);
        assertThat(PortBlocks.ownerOf(otherPiece, 4096)).isEqualTo(host);
        assertThat(PortBlocks.blocksOf(otherPiece, SECOND)).isZero();
        PortBlocks.give(otherPiece, 4, PortBlocks.NOBODY);
        PortBlocks.give(otherPiece, 4, SECOND);
        assertThat(PortBlocks.blocksOf(otherPiece, SECOND)).isEqualTo(1L << 4);
        assertThat(PortBlocks.blocksOf(piece, SECOND)).isZero();
    }

    @Test
    void shouldStartAnywhereInTheBlocksSoThatPortsAreHardToGuess() {
        int neighbors = 0;
        int inUpperHalf = 0;
        int last = 0;
        for (int i = 0; i < 10_000; i++) {
            final int port = ports.takeAny(space, PortBlocks.UNPRIVILEGED);
            neighbors += port == last + 1 ? 1 : 0;
            inUpperHalf += port >= 33_280 ? 1 : 0;
            last = port;
        }
        assertThat(neighbors).as("consecutive ports, about 2 by chance").isLessThan(20);
        assertThat(inUpperHalf).isBetween(4500, 5500);
    }

    @Test
    void shouldStartInEachBlockOfAnOwnerAsOften() {
        final long blocks = 1L << 3 | 1L << 4 | 1L << 40 | 1L << 63;
        final int[] count = new int[PortBlocks.BLOCKS];
        for (int i = 0; i < 10_000; i++) {
            final int port = ports.takeAny(space, blocks);
            count[port / PortBlocks.BLOCK_PORTS]++;
            PortBlocks.free(space, port);
        }
        for (final int block : new int[] {3, 4, 40, 63}) {
            assertThat(count[block]).as("block %d", block).isBetween(2300, 2700);
        }
    }
}
