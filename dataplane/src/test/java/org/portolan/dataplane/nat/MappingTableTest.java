package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.wire.Ipv4;

class MappingTableTest {
    private static final int REST_S = 10;

    private final NatConfig config = TestConfig.of(8, OUTSIDE).rest(REST_S).build();
    private final MappingTable mappings = new MappingTable(
            config, new OutsideAddresses(config), new FlowKey(config.secrets().flows()));

    @AfterEach
    void close() {
        mappings.close();
    }

    private int open(final int port, final int nowS) {
        final int mapping = mappings.findOrCreate(HOST, port, Ipv4.UDP, 0, 0, nowS);
        mappings.addSession(mapping);
        return mapping;
    }

    @Test
    void shouldFindAMappingFromBothSidesUntilItsRestIsOver() {
        final int mapping = open(4000, 0);
        mappings.removeSession(mapping, false, 0);
        assertThat(mappings.findOutside(OUTSIDE, 4000, Ipv4.UDP)).as("resting").isEqualTo(mapping);
        assertThat(mappings.findInside(HOST, 4000, Ipv4.UDP, 0, 0)).isEqualTo(mapping);
        while (mappings.resting() > 0) {
            mappings.releaseNext(REST_S);
        }
        assertThat(mappings.findOutside(OUTSIDE, 4000, Ipv4.UDP)).as("free").isEqualTo(-1);
        assertThat(mappings.findInside(HOST, 4000, Ipv4.UDP, 0, 0)).isEqualTo(-1);
    }

    @Test
    void shouldFindAnOutsideEndpointOnlyUnderItsProtocolAndAddress() {
        final int mapping = open(4000, 0);
        assertThat(mappings.findOutside(OUTSIDE, 4000, Ipv4.UDP)).isEqualTo(mapping);
        assertThat(mappings.findOutside(OUTSIDE, 4000, Ipv4.TCP)).isEqualTo(-1);
        assertThat(mappings.findOutside(OUTSIDE, 4001, Ipv4.UDP)).isEqualTo(-1);
        assertThat(mappings.findOutside(OUTSIDE + 1, 4000, Ipv4.UDP)).isEqualTo(-1);
    }

    @Test
    void shouldUseAFreedRecordAgain() {
        final int mapping = open(4000, 0);
        mappings.removeSession(mapping, true, 0);
        assertThat(mappings.live()).isZero();
        assertThat(open(5000, 0)).isEqualTo(mapping);
        assertThat(mappings.findInside(HOST, 4000, Ipv4.UDP, 0, 0)).isEqualTo(-1);
    }
}
