package org.portolan.dataplane.neighbor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NeighborStateTest {
    private static final int NONE = NeighborState.NONE;
    private static final int LAST = NeighborState.UNCONFIRMED;

    /** The table in NeighborState's Javadoc, row by row. */
    private static final String[] LEGAL = {
        ".x.x..xx", // none
        "x.x..xx.", // incomplete
        "x..xx.x.", // reachable
        "x...x.x.", // stale, which becomes reachable only by way of a probe
        "xxx...x.", // probing
        "x..x..x.", // failed
        "x.......", // static
        "xxx...x.", // unconfirmed
    };

    @Test
    void shouldAllowTheStepsOfTheTableAndNoOther() {
        for (int from = NONE; from <= LAST; from++) {
            for (int to = NONE; to <= LAST; to++) {
                assertThat(NeighborState.isLegal(from, to))
                        .as("%s to %s", NeighborState.name(from), NeighborState.name(to))
                        .isEqualTo(LEGAL[from].charAt(to) == 'x');
            }
        }
    }

    @Test
    void shouldSendOnlyToStatesThatHaveAMac() {
        assertThat(NeighborState.isUsable(NeighborState.NONE)).isFalse();
        assertThat(NeighborState.isUsable(NeighborState.INCOMPLETE)).isFalse();
        assertThat(NeighborState.isUsable(NeighborState.REACHABLE)).isTrue();
        assertThat(NeighborState.isUsable(NeighborState.STALE)).isTrue();
        assertThat(NeighborState.isUsable(NeighborState.PROBING)).isTrue();
        assertThat(NeighborState.isUsable(NeighborState.FAILED)).isFalse();
        assertThat(NeighborState.isUsable(NeighborState.STATIC)).isTrue();
        assertThat(NeighborState.isUsable(NeighborState.UNCONFIRMED)).isFalse();
    }

    @Test
    void shouldNameEachState() {
        assertThat(NeighborState.name(NeighborState.NONE)).isEqualTo("none");
        assertThat(NeighborState.name(NeighborState.INCOMPLETE)).isEqualTo("incomplete");
        assertThat(NeighborState.name(NeighborState.REACHABLE)).isEqualTo("reachable");
        assertThat(NeighborState.name(NeighborState.STALE)).isEqualTo("stale");
        assertThat(NeighborState.name(NeighborState.PROBING)).isEqualTo("probing");
        assertThat(NeighborState.name(NeighborState.FAILED)).isEqualTo("failed");
        assertThat(NeighborState.name(NeighborState.STATIC)).isEqualTo("static");
        assertThat(NeighborState.name(NeighborState.UNCONFIRMED)).isEqualTo("unconfirmed");
    }
}
