package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;

import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Ipv4;

class MappingTableTest {
    private static final int REST_S = 10;
    private static final int SERVER = TestPacket.ip("192.168.1.80");

    /** One more than an entry's reach has slots. */
    private static final int CROWD = BucketIndex.REACH * BucketIndex.SLOTS + 1;

    private final NatConfig config = TestConfig.of(8, OUTSIDE).rest(REST_S).build();
    private final MappingTable mappings = table(config);

    private static MappingTable table(final NatConfig config) {
        return new MappingTable(
                config,
                TableMemory.anonymous(config),
                new OutsideAddresses(config),
                new FlowKey(config.secrets().flows()));
    }

    @AfterEach
    void close() {
        mappings.close();
    }

    private int open(final int port, final int nowS) {
        final int mapping = mappings.findOrCreate(HOST, port, Ipv4.UDP, 0, 0, nowS);
        mappings.addSession(mapping, false);
        return mapping;
    }

    @Test
    void shouldFindAMappingFromBothSidesUntilItsRestIsOver() {
        final int mapping = open(4000, 0);
        mappings.removeSession(mapping, false, false, 0);
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
    void shouldServeOneInsideEndpointThroughAnyNumberOfForwards() {
        final NatConfig many = TestConfig.of(1000, OUTSIDE)
                .forwards(IntStream.rangeClosed(1, 1000)
                        .mapToObj(port -> forward(port, SERVER, 80))
                        .toArray(NatConfig.Forward[]::new))
                .build();
        try (MappingTable table = table(many)) {
            assertThat(table.findInside(SERVER, 80, Ipv4.TCP, 0, 0))
                    .as("the first")
                    .isZero();
            for (int port = 1; port <= 1000; port++) {
                assertThat(table.findOutside(OUTSIDE, port, Ipv4.TCP)).isEqualTo(port - 1);
            }
            for (int host = 0; host < 1000; host++) {
                final int mapping = table.findOrCreate(HOST + host, 4000, Ipv4.TCP, 0, 0, 0);
                assertThat(mapping).isNotNegative();
                table.addSession(mapping, false);
                assertThat(table.findInside(HOST + host, 4000, Ipv4.TCP, 0, 0)).isEqualTo(mapping);
            }
            table.addSession(5, false);
            table.removeSession(5, false, false, 0);
            assertThat(table.findOutside(OUTSIDE, 6, Ipv4.TCP)).as("pinned").isEqualTo(5);
            assertThat(table.findInside(SERVER, 80, Ipv4.TCP, 0, 0)).isZero();
        }
    }

    @Test
    void shouldSayThatTheIndexHasNoRoomForAForward() {
        final int buckets = 1000 / BucketIndex.LOAD;
        final TestConfig base = TestConfig.of(1000 - CROWD, OUTSIDE);
        final FlowKey key = new FlowKey(base.build().secrets().flows());
        final NatConfig.Forward[] crowd = IntStream.range(0, Integer.MAX_VALUE)
                .filter(i -> (hash(key, SERVER + i) & 0xFFFF_FFFFL) * buckets >>> 32 == 0)
                .limit(CROWD)
                .mapToObj(i -> forward(1 + i, SERVER + i, 80))
                .toArray(NatConfig.Forward[]::new);
        assertThatThrownBy(() -> table(base.forwards(crowd).build()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no room in the mapping index for the forward 203.0.113.2:")
                .hasMessageContaining("start again");
    }

    /** Of the mapping of a server's port 80. */
    private static long hash(final FlowKey key, final int server) {
        return key.hash(Flow.addresses(server, 0), Flow.ports(0, Ipv4.TCP, 80, 0));
    }

    private static NatConfig.Forward forward(final int externalPort, final int server, final int port) {
        return new NatConfig.Forward(0, Ipv4.TCP, OUTSIDE, externalPort, server, port);
    }

    @Test
    void shouldUseAFreedRecordAgain() {
        final int mapping = open(4000, 0);
        mappings.removeSession(mapping, false, true, 0);
        assertThat(mappings.live()).isZero();
        assertThat(open(5000, 0)).isEqualTo(mapping);
        assertThat(mappings.findInside(HOST, 4000, Ipv4.UDP, 0, 0)).isEqualTo(-1);
    }
}
