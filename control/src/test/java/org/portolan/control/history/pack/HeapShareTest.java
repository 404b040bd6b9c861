package org.portolan.control.history.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HeapShareTest {
    @Test
    void shouldLeaveAQuarterOfTheHeapWhenAllSharesAreTakenInFull() {
        final long heap = Runtime.getRuntime().maxMemory();
        final long all =
                Arrays.stream(HeapShare.values()).mapToLong(HeapShare::bytes).sum();
        assertThat(all).isBetween(heap / 2, heap / 4 * 3);
    }

    @Test
    void shouldCountWhatFitsIntoAShare() {
        for (final HeapShare share : HeapShare.values()) {
            final int bytesEach = 1_000;
            assertThat(share.count(bytesEach)).isPositive();
            assertThat((long) share.count(bytesEach) * bytesEach).isLessThanOrEqualTo(share.bytes());
        }
    }

    @Test
    void shouldMergeNoMoreObjectsAtOnceThanFitIntoTheShare() {
        assertThat(Packing.MOST_OBJECTS).isLessThanOrEqualTo(HeapShare.MERGED.count(240));
    }
}
