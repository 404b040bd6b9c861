package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PortBlocksTest {
    /** Two addresses; a space of each. */
    private static final int SPACE = 0;

    private static final int OTHER_SPACE = OutsideAddresses.PROTOCOLS;
    private static final int FIRST = 1;
    private static final int SECOND = 2;

    private final PortBlocks ports = new PortBlocks(2, 2, TestConfig.secrets(99).ports());

    @AfterEach
    void close() {
        ports.close();
    }

    @Test
    void shouldGiveEveryPortOfAClassOnceAndThenNone() {
        final BitSet given = new BitSet();
        for (int i = 0; i < 64_512; i++) {
            final int port = ports.takeAny(SPACE, PortBlocks.UNPRIVILEGED);
            assertThat(port).isBetween(1024, 65_535);
            assertThat(given.get(port)).isFalse();
            given.set(port);
        }
        assertThat(ports.takeAny(SPACE, PortBlocks.UNPRIVILEGED)).isEqualTo(-1);
        assertThat(ports.takeAny(SPACE, PortBlocks.PRIVILEGED))
                .as("the other class is untouched")
                .isBetween(0, 1023);
        assertThat(ports.takeAny(OTHER_SPACE, PortBlocks.UNPRIVILEGED))
                .as("the other space is untouched")
                .isBetween(1024, 65_535);
    }

    @Test
    void shouldFindTheLastFreePortWhereverItIs() {
        takeAll(SPACE);
        for (int port = 0; port <= 65_535; port++) {
            assertThat(ports.takeAny(SPACE, PortBlocks.EVERY)).isEqualTo(-1);
            ports.free(SPACE, port);
            assertThat(ports.takeAny(SPACE, PortBlocks.EVERY)).isEqualTo(port);
        }
    }

    private void takeAll(final int space) {
        for (int port = 0; port <= 65_535; port++) {
            assertThat(ports.take(space, port)).isTrue();
        }
    }

    @Test
    void shouldNeverLeaveTheBlocks() {
        takeAll(SPACE);
        ports.free(SPACE, 1023);
        ports.free(SPACE, 5 * 1024);
        ports.free(SPACE, 65_535);
        assertThat(ports.takeAny(SPACE, 0)).isEqualTo(-1);
        assertThat(ports.takeAny(SPACE, 0x7FFF_FFFF_FFFF_FFDEL)).isEqualTo(-1);
        assertThat(ports.takeAny(SPACE, 1L << 5 | 1L << 4)).isEqualTo(5 * 1024);
        assertThat(ports.takeAny(SPACE, PortBlocks.PRIVILEGED)).isEqualTo(1023);
        assertThat(ports.takeAny(SPACE, 1L << 62)).isEqualTo(-1);
        assertThat(ports.takeAny(SPACE, 1L << 63)).isEqualTo(65_535);
    }

    @Test
    void shouldRefuseATakenPort() {
        assertThat(ports.take(SPACE, 5000)).isTrue();
        assertThat(ports.take(SPACE, 5000)).isFalse();
        assertThat(ports.isFree(SPACE, 5000)).isFalse();
        ports.free(SPACE, 5000);
        assertThat(ports.isFree(SPACE, 5000)).isTrue();
        assertThat(ports.take(SPACE, 5000)).isTrue();
    }

    @Test
    void shouldAgreeWithABitSetUnderRandomUse() {
        final Random random = new Random(5);
        final BitSet taken = new BitSet();
        for (int step = 0; step < 300_000; step++) {
            final int port = random.nextInt(65_536);
            switch (random.nextInt(3)) {
                case 0 -> {
                    assertThat(ports.take(OTHER_SPACE, port)).isEqualTo(!taken.get(port));
                    taken.set(port);
                }
                case 1 -> {
                    if (taken.get(port)) {
                        ports.free(OTHER_SPACE, port);
                        taken.clear(port);
                    }
                }
                default -> takeAny(random.nextLong() & random.nextLong() & random.nextLong(), taken);
            }
        }
    }

    private void takeAny(final long blocks, final BitSet taken) {
        final int got = ports.takeAny(OTHER_SPACE, blocks);
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
            ports.give(0, block, block % 3 == 0 ? FIRST : SECOND);
        }
        final BitSet given = new BitSet();
        final int ofFirst = takeUntilNone(FIRST, given);
        final int ofSecond = takeUntilNone(SECOND, given);
        assertThat(ofFirst).isEqualTo(22 * 1024);
        assertThat(ofSecond).isEqualTo(42 * 1024);
        assertThat(given.cardinality()).isEqualTo(65_536);
        ports.free(SPACE, 3 * 1024 + 77);
        assertThat(ports.takeAny(SPACE, ports.blocksOf(0, SECOND)))
                .as("free, but the other's")
                .isEqualTo(-1);
        assertThat(ports.takeAny(SPACE, ports.blocksOf(0, FIRST))).isEqualTo(3 * 1024 + 77);
    }

    private int takeUntilNone(final int owner, final BitSet given) {
        int count = 0;
        for (int port = ports.takeAny(SPACE, ports.blocksOf(0, owner));
                port >= 0;
                port = ports.takeAny(SPACE, ports.blocksOf(0, owner))) {
            assertThat(ports.ownerOf(0, port)).isEqualTo(owner);
            assertThat(given.get(port)).as("port %d twice", port).isFalse();
            given.set(port);
            count++;
        }
        return count;
    }

    @Test
    void shouldKnowWhoseABlockIsWhenItChangesHands() {
        final int host = 40_000;
        assertThat(ports.ownerOf(1, 5000)).isEqualTo(PortBlocks.NOBODY);
        assertThat(ports.takeAny(OTHER_SPACE, ports.blocksOf(1, FIRST))).isEqualTo(-1);
        ports.give(1, 4, FIRST);
        assertThat(ports.ownerOf(1, 4096)).isEqualTo(FIRST);
        assertThat(ports.ownerOf(1, 5119)).isEqualTo(FIRST);
        assertThat(ports.ownerOf(1, 5120)).isEqualTo(PortBlocks.NOBODY);
        assertThat(ports.ownerOf(0, 4096)).as("another address").isEqualTo(PortBlocks.NOBODY);
        ports.give(1, 4, SECOND);
        assertThat(ports.blocksOf(1, FIRST)).isZero();
        assertThat(ports.blocksOf(1, SECOND)).isEqualTo(1L << 4);
        ports.give(1, 4, host);
        assertThat(ports.ownerOf(1, 4096)).isEqualTo(host);
        assertThat(ports.blocksOf(1, SECOND)).isZero();
        ports.give(1, 4, PortBlocks.NOBODY);
        ports.give(1, 4, SECOND);
        assertThat(ports.blocksOf(1, SECOND)).isEqualTo(1L << 4);
        assertThat(ports.blocksOf(0, SECOND)).isZero();
    }

    @Test
    void shouldStartAnywhereInTheBlocksSoThatPortsAreHardToGuess() {
        int neighbors = 0;
        int inUpperHalf = 0;
        int last = 0;
        for (int i = 0; i < 10_000; i++) {
            final int port = ports.takeAny(SPACE, PortBlocks.UNPRIVILEGED);
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
            final int port = ports.takeAny(SPACE, blocks);
            count[port / PortBlocks.BLOCK_PORTS]++;
            ports.free(SPACE, port);
        }
        for (final int block : new int[] {3, 4, 40, 63}) {
            assertThat(count[block]).as("block %d", block).isBetween(2300, 2700);
        }
    }
}
