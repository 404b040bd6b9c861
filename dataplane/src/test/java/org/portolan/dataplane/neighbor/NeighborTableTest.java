package org.portolan.dataplane.neighbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class NeighborTableTest {
    private static final int NETWORK = 0xC0A80100;
    private static final long MAC = 0x0200_0000_0001L;

    @Test
    void shouldIndexAConnectedSubnetByHostPart() {
        try (NeighborTable table = new NeighborTable(NETWORK | 1, 24, 16)) {
            assertThat(table.slot(NETWORK)).isEqualTo(0);
            assertThat(table.slot(NETWORK + 20)).isEqualTo(20);
            assertThat(table.slot(NETWORK + 255)).isEqualTo(255);
            assertThat(table.slot(NETWORK + 256)).isEqualTo(-1);
            assertThat(table.slot(NETWORK - 1)).isEqualTo(-1);
            assertThat(table.addressOf(20)).isEqualTo(NETWORK + 20);

            assertThat(table.publish(NETWORK + 20, MAC, NeighborState.REACHABLE))
                    .isTrue();

            assertThat(table.word(20)).isEqualTo(table.lookup(NETWORK + 20));
            assertThat(NeighborTable.mac(table.word(20))).isEqualTo(MAC);
            assertThat(NeighborTable.state(table.word(20))).isEqualTo(NeighborState.REACHABLE);
            assertThat(NeighborTable.isUsable(table.word(20))).isTrue();
            assertThat(NeighborTable.isFailed(table.word(20))).isFalse();
            assertThat(table.lookup(NETWORK + 21)).isZero();
            table.clear(NETWORK + 20);
            assertThat(table.lookup(NETWORK + 20)).isZero();
        }
    }

    @Test
    void shouldHoldAWholeSixteenAndTheShortestSubnets() {
        try (NeighborTable table = new NeighborTable(0xAC100000, 16, 1)) {
            assertThat(table.slot(0xAC10FFFE)).isEqualTo(0xFFFE);
            assertThat(table.publish(0xAC10FFFE, MAC, NeighborState.STALE)).isTrue();
            assertThat(NeighborTable.mac(table.lookup(0xAC10FFFE))).isEqualTo(MAC);
        }
        try (NeighborTable table = new NeighborTable(0x0A000001, 32, 1)) {
            assertThat(table.slot(0x0A000001)).isZero();
            assertThat(table.slot(0x0A000002)).isEqualTo(-1);
        }
    }

    @Test
    void shouldHashWhatIsOffTheSubnetAndSubnetsBeyondASixteen() {
        try (NeighborTable table = new NeighborTable(0x0A000000, 8, 4)) {
            assertThat(table.slot(0x0A000005)).isEqualTo(-1);
            assertThat(table.publish(0x0A000005, MAC, NeighborState.REACHABLE)).isTrue();
            final int slot = table.slot(0x0A000005);

            assertThat(slot).isBetween(0, table.slots() - 1);
            assertThat(table.word(slot, 0x0A000005))
                    .isEqualTo(table.lookup(0x0A000005))
                    .isNotZero();
            assertThat(table.word(slot, 0x0A000006)).isZero();
            assertThat(table.addressOf(slot)).isEqualTo(0x0A000005);
            assertThat(table.lookup(0)).isZero();
            assertThat(table.publish(0, MAC, NeighborState.REACHABLE)).isFalse();
            table.clear(0x0A000005);
            assertThat(table.addressOf(slot)).isZero();
        }
    }

    @Test
    void shouldRefuseMoreThanTheHashHoldsAndTakeAgainAfterRemoval() {
        try (NeighborTable table = new NeighborTable(NETWORK, 24, 3)) {
            for (int i = 1; i <= 3; i++) {
                assertThat(table.publish(i, MAC + i, NeighborState.REACHABLE)).isTrue();
            }
            assertThat(table.publish(4, MAC, NeighborState.REACHABLE)).isFalse();
            assertThat(table.lookup(4)).isZero();
            assertThat(table.publish(2, MAC, NeighborState.STALE))
                    .as("one that is in changes")
                    .isTrue();
            assertThat(table.publish(NETWORK + 4, MAC, NeighborState.STALE))
                    .as("the subnet has its own")
                    .isTrue();

            table.clear(2);
            table.clear(2);
            table.clear(99);
            assertThat(table.publish(4, MAC, NeighborState.REACHABLE)).isTrue();
            assertThat(table.publish(2, MAC, NeighborState.REACHABLE)).isFalse();
            assertThat(table.lookup(2)).isZero();
        }
    }

    @Test
    void shouldAgreeWithAMapThroughALongChurn() {
        final SplittableRandom random = new SplittableRandom(7);
        for (int seed = 0; seed < 20; seed++) {
            final Map<Integer, Long> model = new HashMap<>();
            try (NeighborTable table = new NeighborTable(NETWORK, 28, 64, random.nextInt())) {
                for (int step = 0; step < 20_000; step++) {
                    final int address = 1 + random.nextInt(120);
                    if (random.nextInt(3) == 0) {
                        table.clear(address);
                        model.remove(address);
                    } else {
                        final int state = 1 + random.nextInt(6);
                        final long mac = random.nextLong() & 0xFFFF_FFFF_FFFFL;
                        final boolean taken = table.publish(address, mac, state);
                        assertThat(taken).isEqualTo(model.containsKey(address) || model.size() < 64);
                        if (taken) {
                            model.put(address, (long) state << 48 | mac);
                        }
                    }
                    final int looked = 1 + random.nextInt(120);
                    assertThat(table.lookup(looked)).isEqualTo(model.getOrDefault(looked, 0L));
                }
                int listed = 0;
                for (int slot = 16; slot < table.slots(); slot++) {
                    final int address = table.addressOf(slot);
                    if (address != 0) {
                        listed++;
                        assertThat(table.word(slot)).isEqualTo(model.get(address));
                    }
                }
                assertThat(listed).isEqualTo(model.size());
            }
        }
    }

    @Test
    void shouldNeverFillUpWithTombstones() {
        try (NeighborTable table = new NeighborTable(NETWORK, 24, 32)) {
            for (int i = 1; i < 200_000; i++) {
                assertThat(table.publish(i, MAC, NeighborState.INCOMPLETE)).isTrue();
                if (i > 8) {
                    table.clear(i - 8);
                }
            }
            for (int i = 200_000 - 8; i < 200_000; i++) {
                table.clear(i);
            }
            assertThat(table.tombstones())
                    .as("an empty table has no chain to keep")
                    .isZero();
        }
    }

    @Test
    void shouldRefuseWhatIsNoNeighbor() {
        assertThatThrownBy(() -> new NeighborTable(NETWORK, 33, 1)).hasMessageContaining("33");
        assertThatThrownBy(() -> new NeighborTable(NETWORK, 24, 0)).hasMessageContaining("hash capacity 0");
        try (NeighborTable table = new NeighborTable(NETWORK, 24, 1)) {
            assertThatThrownBy(() -> table.publish(NETWORK + 1, MAC, NeighborState.NONE))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> table.publish(NETWORK + 1, MAC, 8)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> table.publish(NETWORK + 1, 1L << 48, NeighborState.STALE))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /**
     * One writer moves few addresses in and out of a small hash as fast as it can, so that cells change hands all the
     * time; each MAC carries its address. A reader that ever sees another address's MAC has seen a torn lookup. An
     * address that is always in must always be found.
     */
    @Test
    void shouldNeverHandOutAnotherAddressesMacWhileCellsChangeHands() throws InterruptedException {
        final AtomicBoolean stop = new AtomicBoolean();
        final AtomicLong wrong = new AtomicLong();
        final AtomicLong found = new AtomicLong();
        try (NeighborTable table = new NeighborTable(0x0A000000, 8, 16, 1)) {
            table.publish(1_000, 1_000, NeighborState.STATIC);
            final Thread reader = Thread.ofPlatform().start(() -> {
                int address = 1;
                while (!stop.get()) {
                    final long word = table.lookup(address);
                    if (word != 0) {
                        found.incrementAndGet();
                        if (NeighborTable.mac(word) != address) {
                            wrong.incrementAndGet();
                        }
                    }
                    if (NeighborTable.mac(table.lookup(1_000)) != 1_000) {
                        wrong.incrementAndGet();
                    }
                    address = address % 200 + 1;
                }
            });
            final SplittableRandom random = new SplittableRandom(3);
            final long endNs = System.nanoTime() + 700_000_000L;
            while (System.nanoTime() < endNs || found.get() == 0) {
                for (int i = 0; i < 1_000; i++) {
                    final int address = 1 + random.nextInt(200);
                    if (random.nextBoolean()) {
                        table.publish(address, address, NeighborState.REACHABLE);
                    } else {
                        table.clear(address);
                    }
                }
                if (found.get() == 0) {
                    Thread.yield();
                }
            }
            stop.set(true);
            reader.join();
        }
        assertThat(wrong.get()).isZero();
    }

    /**
     * Two addresses take turns in one cell, so that a reader often finds its own key before and after it read the
     * other's word. Only the generation tells that the key was away.
     */
    @Test
    void shouldNoticeAKeyThatWentAndCameBack() throws InterruptedException {
        final AtomicBoolean stop = new AtomicBoolean();
        final AtomicLong wrong = new AtomicLong();
        final AtomicLong found = new AtomicLong();
        try (NeighborTable table = new NeighborTable(0x0A000000, 8, 16, 1)) {
            final int first = 1;
            final int second = sharesCell(table, first);
            final Thread reader = Thread.ofPlatform().start(() -> {
                while (!stop.get()) {
                    final long word = table.lookup(first);
                    found.addAndGet(word == 0 ? 0 : 1);
                    wrong.addAndGet(word == 0 || NeighborTable.mac(word) == first ? 0 : 1);
                }
            });
            final long endNs = System.nanoTime() + 700_000_000L;
            while (System.nanoTime() < endNs || found.get() == 0) {
                for (int i = 0; i < 1_000; i++) {
                    table.publish(first, first, NeighborState.REACHABLE);
                    table.clear(first);
                    table.publish(second, second, NeighborState.REACHABLE);
                    table.clear(second);
                }
            }
            stop.set(true);
            reader.join();
        }
        assertThat(wrong.get()).isZero();
    }

    private static int sharesCell(final NeighborTable table, final int address) {
        table.publish(address, address, NeighborState.REACHABLE);
        final int slot = table.slot(address);
        table.clear(address);
        for (int other = address + 1; ; other++) {
            table.publish(other, other, NeighborState.REACHABLE);
            final boolean shares = table.slot(other) == slot;
            table.clear(other);
            if (shares) {
                return other;
            }
        }
    }

    @Test
    void shouldTellControlWhatTheWorkersUsedLast() {
        try (NeighborTable table = new NeighborTable(NETWORK, 24, 4);
                NeighborUse first = new NeighborUse(table.slots());
                NeighborUse second = new NeighborUse(table.slots())) {
            final UseOracle oracle = NeighborUse.oracle(table, first, second);
            final int address = NETWORK + 9;

            assertThat(oracle.lastUsedS(address)).isEqualTo(NeighborUse.NEVER);
            second.markUsed(table.slot(address), 0);
            assertThat(oracle.lastUsedS(address))
                    .as("the router's first second")
                    .isZero();
            first.markUsed(table.slot(address), 100);
            second.markUsed(table.slot(address), 107);
            first.markUsed(table.slot(address), 104);

            assertThat(first.lastUsedS(table.slot(address))).isEqualTo(104);
            assertThat(oracle.lastUsedS(address)).isEqualTo(107);
            assertThat(oracle.lastUsedS(NETWORK + 10)).isEqualTo(NeighborUse.NEVER);
            assertThat(oracle.lastUsedS(5)).as("hashed and not there").isEqualTo(NeighborUse.NEVER);
        }
    }
}
