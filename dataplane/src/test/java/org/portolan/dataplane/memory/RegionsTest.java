package org.portolan.dataplane.memory;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Addresses that no process has, so that nothing else's regions stand in the way; none is touched. */
class RegionsTest {
    private static final long BASE = 0x7FFF_0000_0000_0000L;

    @BeforeEach
    void onlyInTheCheckedBuild() {
        assumeTrue(Memory.CHECKED);
    }

    @Test
    void shouldKnowNeighborsApart() {
        Regions.add(BASE + 100, 10);
        Regions.add(BASE, 10);
        Regions.add(BASE + 10, 10);
        assertThatCode(() -> Regions.check(BASE + 5, 5)).doesNotThrowAnyException();
        assertThatCode(() -> Regions.check(BASE + 10, 10)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Regions.check(BASE + 5, 6))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("access of 6 bytes at 0x7fff000000000005 is outside every region");
        assertThatThrownBy(() -> Regions.check(BASE + 20, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Regions.check(BASE + 99, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Regions.check(BASE, Long.MAX_VALUE)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Regions.check(BASE, -1)).isInstanceOf(IndexOutOfBoundsException.class);
        Regions.remove(BASE + 10);
        assertThatThrownBy(() -> Regions.check(BASE + 10, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatCode(() -> Regions.check(BASE + 9, 1)).doesNotThrowAnyException();
        Regions.remove(BASE);
        Regions.remove(BASE + 100);
    }

    @Test
    void shouldRefuseOverlapsAndStrangers() {
        Regions.add(BASE + 100, 10);
        assertThatThrownBy(() -> Regions.add(BASE + 109, 1)).hasMessageContaining("overlaps a live one");
        assertThatThrownBy(() -> Regions.add(BASE + 90, 11)).hasMessageContaining("overlaps a live one");
        assertThatThrownBy(() -> Regions.remove(BASE + 101)).hasMessageContaining("no region starts at");
        Regions.remove(BASE + 100);
        assertThatThrownBy(() -> Regions.remove(BASE + 100)).hasMessageContaining("no region starts at");
    }
}
