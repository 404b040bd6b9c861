package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;

import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Ipv4;

class MappingTableTest {
    private static final int REST_S = 10;
    private static final int SERVER = TestPacket.ip("192.168.1.80");

    /** One more than an entry's reach has slots. */
    private static final int CROWD = BucketIndex.REACH * BucketIndex.SLOTS + 1;

    private final TestConfig config = TestConfig.of(8, OUTSIDE).rest(REST_S);
    private final PolicyKeeper keeper = config.keeper();
    private final MappingTable mappings = table(config, keeper);

    private static MappingTable table(final TestConfig config, final PolicyKeeper keeper) {
        final MappingTable table = new MappingTable(
                config.room(),
                TableMemory.anonymous(config.room()),
                new FlowKey(config.room().secrets().flows()));
        table.adopt(keeper.current());
        return table;
    }

    @AfterEach
    void close() {
        mappings.close();
        keeper.close();
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
            mappings.room().releaseNext(REST_S);
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
        final TestConfig many = TestConfig.of(1000, OUTSIDE)
                .forwards(IntStream.rangeClosed(1, 1000)
                        .mapToObj(port -> forward(port, SERVER, 80))
                        .toArray(PolicyTerms.Forward[]::new));
        try (PolicyKeeper kept = many.keeper();
                MappingTable table = table(many, kept)) {
            final int first = table.findOrCreate(SERVER, 80, Ipv4.TCP, 0, 0, 0);
            assertThat(MappingRecord.outsidePort(table.record(first)))
                    .as("the first")
                    .isOne();
            table.addSession(first, false);
            for (int rule = 999; rule >= 0; rule--) {
                final int mapping = table.ofRule(rule, rule + 1, 0);
                assertThat(MappingRecord.outsidePort(table.record(mapping))).isEqualTo(rule + 1);
                assertThat(table.ofRule(rule, rule + 1, 0)).isEqualTo(mapping);
                table.addSession(mapping, true);
            }
            assertThat(table.live()).isEqualTo(1000);
            for (int host = 0; host < 200; host++) {
                final int mapping = table.findOrCreate(HOST + host, 4000, Ipv4.TCP, 0, 0, 0);
                assertThat(mapping).isNotNegative();
                table.addSession(mapping, false);
                assertThat(table.findInside(HOST + host, 4000, Ipv4.TCP, 0, 0)).isEqualTo(mapping);
            }
        }
    }

    @Test
    void shouldFreeTheMappingOfARuleWithItsLastSession() {
        final TestConfig one = TestConfig.of(8, OUTSIDE).forwards(forward(80, SERVER, 8080));
        try (PolicyKeeper kept = one.keeper();
                MappingTable table = table(one, kept)) {
            assertThat(table.findOutside(OUTSIDE, 80, Ipv4.TCP)).isEqualTo(-1);
            final int mapping = table.ofRule(0, 80, 0);
            table.addSession(mapping, true);
            assertThat(table.findOutside(OUTSIDE, 80, Ipv4.TCP)).isEqualTo(mapping);
            assertThat(table.slotOf(0, 80)).isZero();
            table.removeSession(mapping, true, false, 0);
            assertThat(table.findOutside(OUTSIDE, 80, Ipv4.TCP)).isEqualTo(-1);
            assertThat(table.slots().mappings()).isZero();
            assertThat(table.hosts().size()).isZero();
            assertThat(table.resting()).isZero();
        }
    }

    private static PolicyTerms.Forward forward(final int externalPort, final int server, final int port) {
        return new PolicyTerms.Forward(0, Ipv4.TCP, OUTSIDE, externalPort, server, port);
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
