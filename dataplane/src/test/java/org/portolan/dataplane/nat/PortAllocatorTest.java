package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PortAllocatorTest {
    private final PortAllocator ports =
            new PortAllocator(2, TestConfig.secrets(99).ports());

    @AfterEach
    void close() {
        ports.close();
    }

    @Test
    void shouldGiveEveryPortOfARangeOnceAndThenNone() {
        final BitSet given = new BitSet();
        for (int i = 0; i < 64_512; i++) {
            final int port = ports.takeAny(0, 1024, 65_535);
            assertThat(port).isBetween(1024, 65_535);
            assertThat(given.get(port)).isFalse();
            given.set(port);
        }
        assertThat(ports.takeAny(0, 1024, 65_535)).isEqualTo(-1);
        assertThat(ports.takeAny(0, 0, 1023)).as("the other class is untouched").isBetween(0, 1023);
        assertThat(ports.takeAny(1, 1024, 65_535))
                .as("the other space is untouched")
                .isBetween(1024, 65_535);
    }

    @Test
    void shouldFindTheLastFreePortWhereverItIs() {
        for (int port = 0; port <= 65_535; port++) {
            assertThat(ports.take(0, port)).isTrue();
        }
        for (int port = 0; port <= 65_535; port++) {
            assertThat(ports.takeAny(0, 0, 65_535)).isEqualTo(-1);
            ports.free(0, port);
            assertThat(ports.takeAny(0, 0, 65_535)).isEqualTo(port);
        }
    }

    @Test
    void shouldNeverLeaveTheRange() {
        for (int port = 0; port <= 65_535; port++) {
            ports.take(0, port);
        }
        ports.free(0, 1023);
        ports.free(0, 2000);
        assertThat(ports.takeAny(0, 1024, 1999)).isEqualTo(-1);
        assertThat(ports.takeAny(0, 2001, 65_535)).isEqualTo(-1);
        assertThat(ports.takeAny(0, 1024, 2000)).isEqualTo(2000);
        assertThat(ports.takeAny(0, 1023, 1023)).isEqualTo(1023);
    }

    @Test
    void shouldRefuseATakenPort() {
        assertThat(ports.take(0, 5000)).isTrue();
        assertThat(ports.take(0, 5000)).isFalse();
        assertThat(ports.isFree(0, 5000)).isFalse();
        ports.free(0, 5000);
        assertThat(ports.isFree(0, 5000)).isTrue();
        assertThat(ports.take(0, 5000)).isTrue();
    }

    @Test
    void shouldAgreeWithABitSetUnderRandomUse() {
        final Random random = new Random(5);
        final BitSet taken = new BitSet();
        for (int step = 0; step < 300_000; step++) {
            final int port = random.nextInt(65_536);
            switch (random.nextInt(3)) {
                case 0 -> {
                    assertThat(ports.take(1, port)).isEqualTo(!taken.get(port));
                    taken.set(port);
                }
                case 1 -> {
                    if (taken.get(port)) {
                        ports.free(1, port);
                        taken.clear(port);
                    }
                }
                default -> {
                    final int low = random.nextInt(65_536);
                    final int high = low + random.nextInt(65_536 - low);
                    final int got = ports.takeAny(1, low, high);
                    if (got < 0) {
                        assertThat(taken.nextClearBit(low)).isGreaterThan(high);
                    } else {
                        assertThat(got).isBetween(low, high);
                        assertThat(taken.get(got)).isFalse();
                        taken.set(got);
                    }
                }
            }
        }
    }

    @Test
    void shouldStartAnywhereInTheRangeSoThatPortsAreHardToGuess() {
        int neighbors = 0;
        int inUpperHalf = 0;
        int last = 0;
        for (int i = 0; i < 10_000; i++) {
            final int port = ports.takeAny(0, 1024, 65_535);
            neighbors += port == last + 1 ? 1 : 0;
            inUpperHalf += port >= 33_280 ? 1 : 0;
            last = port;
        }
        assertThat(neighbors).as("consecutive ports, about 2 by chance").isLessThan(20);
        assertThat(inUpperHalf).isBetween(4500, 5500);
    }
}
