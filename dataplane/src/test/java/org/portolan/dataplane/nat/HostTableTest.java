package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.nat.TestRouter.HOST;
import static org.portolan.dataplane.nat.TestRouter.OUTSIDE;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OutsideAddresses;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Ipv4;

class HostTableTest {
    private static final int CAPACITY = 4;
    private static final int RULES = 2;
    private static final int EGRESSES = 5;

    /** Four addresses for each of five egresses. */
    private final TestConfig config = TestConfig.of(1000, OUTSIDE)
            .withPools(pool(0), pool(1), pool(2), pool(3), pool(4))
            .hosts(new HostLimits(3, 2, 5, 20));

    private final PolicyKeeper keeper = config.keeper();
    private final OutsideAddresses addresses = keeper.current().addresses();
    private final MappingSlab mappings = new MappingSlab(Slab.allocate(1000 * MappingLayout.RECORD_BYTES, "mappings"));
    private final HostTable hosts = table(CAPACITY);

    private HostTable table(final int mostDynamic) {
        final Slab slab = Slab.allocate((long) (mostDynamic + RULES) * HostLayout.RECORD_BYTES, "inside hosts");
        final HostTable table = new HostTable(slab, mostDynamic, TestConfig.secrets(7), mappings);
        table.adopt(keeper.current());
        return table;
    }

    private static PolicyTerms.Pool pool(final int egress) {
        final int first = OUTSIDE + 0x100 * egress;
        return new PolicyTerms.Pool(egress, first, first + 1, first + 2, first + 3);
    }

    @AfterEach
    void close() {
        hosts.close();
        mappings.close();
        keeper.close();
    }

    @Test
    void shouldHoldARecordWhileTheHostHasAPort() {
        final int host = hosts.addPort(HOST, 0, 1);
        assertThat(hosts.addPort(HOST, 0, 2)).isEqualTo(host);
        assertThat(hosts.find(HOST, 0)).isEqualTo(host);
        assertThat(HostRecord.ports(hosts.record(host))).isEqualTo(2);
        hosts.removePort(host);
        assertThat(hosts.size()).isOne();
        hosts.removePort(host);
        assertThat(hosts.size()).isZero();
        assertThat(hosts.find(HOST, 0)).isEqualTo(-1);
    }

    @Test
    void shouldKeepRealmsApart() {
        final int host = hosts.addPort(HOST, 0, 1);
        assertThat(hosts.find(HOST, 9)).isEqualTo(-1);
        assertThat(hosts.addPort(HOST, 9, 1)).isNotEqualTo(host).isEqualTo(hosts.find(HOST, 9));
    }

    @Test
    void shouldTakeNoMoreHostsThanThereIsRoomFor() {
        for (int i = 0; i < CAPACITY; i++) {
            assertThat(hosts.addPort(HOST + i, 0, 1)).isNotNegative();
        }
        assertThat(hosts.addPort(HOST + CAPACITY, 0, 1)).isEqualTo(-1);
        assertThat(hosts.addPort(HOST + 2, 0, 1)).as("a known one").isEqualTo(hosts.find(HOST + 2, 0));
        hosts.removePort(hosts.find(HOST + 1, 0));
        assertThat(hosts.addPort(HOST + CAPACITY, 0, 1)).isNotNegative();
        assertThat(hosts.size()).isEqualTo(CAPACITY);
    }

    @Test
    void shouldHaveRoomForTheHostsOfRulesBesideAllOthers() {
        for (int i = 0; i < CAPACITY; i++) {
            assertThat(hosts.addPort(HOST + i, 0, 1)).isNotNegative();
        }
        for (int i = 0; i < RULES; i++) {
            final int host = hosts.hold(HOST + CAPACITY + i, 0, 1);
            assertThat(host).isNotNegative().isEqualTo(hosts.hold(HOST + CAPACITY + i, 0, 1));
            assertThat(hosts.addPort(HOST + CAPACITY + i, 0, 1))
                    .as("its own ports")
                    .isEqualTo(-1);
        }
        assertThat(hosts.size()).isEqualTo(CAPACITY + RULES);
        hosts.removePort(hosts.find(HOST, 0));
        assertThat(hosts.addPort(HOST + CAPACITY, 0, 1)).isNotNegative();
        for (int i = 0; i < RULES; i++) {
            hosts.release(hosts.find(HOST + CAPACITY + i, 0));
        }
        assertThat(hosts.find(HOST + CAPACITY, 0)).as("it has a port").isNotNegative();
        assertThat(hosts.find(HOST + CAPACITY + 1, 0)).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 64, 500})
    void shouldAgreeWithAMap(final int capacity) {
        final Random random = new Random(capacity);
        final Map<Integer, Integer> model = new HashMap<>();
        try (HostTable table = table(capacity)) {
            for (int step = 0; step < 50_000; step++) {
                final boolean growing = step / 2000 % 2 == 0;
                final int address = random.nextInt(2 * capacity) - capacity / 2;
                if (random.nextInt(10) < (growing ? 8 : 2)) {
                    final boolean room = model.containsKey(address) || model.size() < capacity;
                    assertThat(table.addPort(address, 0, 0) >= 0).isEqualTo(room);
                    if (room) {
                        model.merge(address, 1, Integer::sum);
                    }
                } else if (model.containsKey(address)) {
                    table.removePort(table.find(address, 0));
                    model.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
                }
                assertThat(table.size()).isEqualTo(model.size());
                assertThat(ports(table, address)).isEqualTo(model.getOrDefault(address, 0));
                if (step % 500 == 0) {
                    for (int each = -capacity; each < 2 * capacity; each++) {
                        assertThat(ports(table, each)).isEqualTo(model.getOrDefault(each, 0));
                    }
                }
            }
        }
    }

    private static int ports(final HostTable table, final int address) {
        final int host = table.find(address, 0);
        return host < 0 ? 0 : HostRecord.ports(table.record(host));
    }

    private int map(final int egress, final int outsideAddress) {
        final int host = hosts.addPort(HOST, 0, 1);
        final int mapping = mappings.write(HOST, 4000 + egress, Ipv4.UDP, 0, host, outsideAddress, 5000);
        hosts.addPaired(mapping);
        return mapping;
    }

    private int pairedAddress(final int egress) {
        return addresses.address(hosts.pairedNumber(hosts.find(HOST, 0), HOST, 0, egress));
    }

    @Test
    void shouldKeepTheAddressOfALiveHostWhateverTheHashSays() {
        final int byHash = pairedAddress(1);
        final int other = byHash == OUTSIDE + 0x100 ? OUTSIDE + 0x101 : OUTSIDE + 0x100;
        final int first = map(1, other);
        final int second = map(1, other);
        assertThat(pairedAddress(1)).isEqualTo(other);
        assertThat(pairedAddress(2)).as("another egress").isBetween(OUTSIDE + 0x200, OUTSIDE + 0x203);
        hosts.removeMapping(first);
        assertThat(pairedAddress(1)).as("one mapping is left").isEqualTo(other);
        map(2, OUTSIDE + 0x203);
        hosts.removeMapping(second);
        assertThat(pairedAddress(1)).as("none is left").isEqualTo(byHash);
        assertThat(pairedAddress(2)).isEqualTo(OUTSIDE + 0x203);
    }

    @Test
    void shouldKeepAddressesOfThreeEgressesAndCountOnlyTheMappingsThatItKeeps() {
        final int[] mapping = new int[EGRESSES];
        for (int egress = 0; egress < EGRESSES; egress++) {
            mapping[egress] = map(egress, OUTSIDE + 0x100 * egress + 3);
        }
        final int paired = MappingLayout.FLAG_PAIRED;
        for (int egress = 0; egress < EGRESSES; egress++) {
            final int flags = MappingRecord.flags(mappings.record(mapping[egress]));
            assertThat((flags & paired) != 0).as("egress %d", egress).isEqualTo(egress < HostLayout.PAIRS);
        }
        hosts.removeMapping(mapping[4]);
        hosts.removeMapping(mapping[1]);
        final int again = map(4, OUTSIDE + 0x400 + 2);
        assertThat(pairedAddress(4)).isEqualTo(OUTSIDE + 0x400 + 2);
        for (final int each : new int[] {mapping[3], mapping[0], again, mapping[2]}) {
            hosts.removeMapping(each);
        }
        assertThat(hosts.size()).isZero();
        final long record = hosts.record(hosts.addPort(HOST, 0, 1));
        for (int pair = 0; pair < HostLayout.PAIRS; pair++) {
            assertThat(HostRecord.pairedPorts(record, pair)).isZero();
        }
    }

    @Test
    void shouldRefuseSessionsBeyondTheLimitButCountWhatTheOutsideOpens() {
        final int host = hosts.addPort(HOST, 0, 1);
        for (int i = 0; i < 100; i++) {
            hosts.addSession(host, true);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(hosts.refusal(host, 1)).isZero();
            hosts.addSession(host, false);
        }
        assertThat(hosts.refusal(host, 1)).isEqualTo(DropReason.HOST_SESSIONS_FULL.code);
        hosts.removeSession(host, true);
        assertThat(hosts.refusal(host, 1)).isEqualTo(DropReason.HOST_SESSIONS_FULL.code);
        hosts.removeSession(host, false);
        assertThat(hosts.refusal(host, 1)).isZero();
    }

    @Test
    void shouldSaveTokensUpToTheBurst() {
        final int host = hosts.addPort(HOST, 0, 100);
        assertThat(openAll(host, 100)).as("a burst at first").isEqualTo(20);
        assertThat(openAll(host, 100)).isZero();
        assertThat(openAll(host, 101)).as("5 a second").isEqualTo(5);
        assertThat(openAll(host, 103)).as("2 seconds later").isEqualTo(10);
        hosts.addSession(host, true);
        hosts.removeSession(host, true);
        assertThat(openAll(host, 104)).as("from outside costs nothing").isEqualTo(5);
        assertThat(openAll(host, 1_000_000)).as("no more than the burst").isEqualTo(20);
    }

    /** Opens and ends sessions until one is refused. */
    private int openAll(final int host, final int nowS) {
        int opened = 0;
        while (hosts.admit(host, nowS) == 0) {
            hosts.addSession(host, false);
            hosts.removeSession(host, false);
            opened++;
        }
        assertThat(hosts.refusal(host, nowS)).isEqualTo(DropReason.HOST_RATE.code);
        return opened;
    }

    @Test
    void shouldSayWhenAHostHasAllItsPorts() {
        final int host = hosts.addPort(HOST, 0, 1);
        assertThat(hosts.lacksPorts(host, 1)).isFalse();
        hosts.addPort(HOST, 0, 1);
        assertThat(hosts.lacksPorts(host, 1)).isTrue();
        assertThat(hosts.lacksPorts(host, 0)).isFalse();
        hosts.removePort(host);
        assertThat(hosts.lacksPorts(host, 1)).isFalse();
    }
}
