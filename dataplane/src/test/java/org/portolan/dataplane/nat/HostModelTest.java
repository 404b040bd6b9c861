package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Ipv4;

/**
 * Random openings, endings, rests and reclaims against plain maps: what each host's record counts and chains is what a
 * walk over the mappings finds.
 */
class HostModelTest {
    private static final int STEPS = 40_000;
    private static final int HOSTS = 40;
    private static final int PORTS = 12;
    private static final int[] EGRESSES = {1, 4};
    private static final int FIRST_HOST = TestPacket.ip("10.0.0.1");
    private static final int REST_S = 30;

    private record Session(int mapping, int host, boolean fromOutside) {}

    /** What a host's record says, or shall say. */
    private record Counts(int sessions, int fromOutside, int ports, Map<Integer, Integer> paired, Set<Integer> chain) {}

    private final List<Session> sessions = new ArrayList<>();

    /** By host and egress: the address as long as a mapping of theirs is there. */
    private final Map<Long, Integer> pairs = new HashMap<>();

    private final Map<DropReason, Integer> refused = new HashMap<>();
    private int nowS = 1000;

    @ParameterizedTest
    @CsvSource({
        // mappings, pool, the reason that is met: hosts and mappings both run out, ports run out, nothing does
        "60, 3, MAPPINGS_FULL",
        "3000, 3, NONE",
    })
    void shouldAgreeWithAModelUnderRandomLife(final int mappings, final int pool, final DropReason met) {
        final TestConfig config = TestConfig.of(4000, TestRouter.OUTSIDE)
                .withPools(pool(0, pool), pool(1, pool))
                .mappings(mappings)
                .rest(REST_S)
                .forwards(forward(80, FIRST_HOST), forward(81, FIRST_HOST), forward(82, FIRST_HOST + 1));
        final Random random = new Random(mappings);
        try (PolicyKeeper keeper = config.keeper();
                MappingTable table = table(config, keeper)) {
            for (int step = 0; step < STEPS; step++) {
                step(table, config, random, step / 4000 % 2 == 0);
                if (step % 100 == 0) {
                    compare(table, config);
                }
            }
            assertThat(refused.keySet()).isEqualTo(met == DropReason.NONE ? Set.of() : Set.of(met));
            while (!sessions.isEmpty()) {
                end(table, random);
            }
            compare(table, config);
            nowS += REST_S;
            for (int i = 0; i < 100_000; i++) {
                table.room().releaseNext(nowS);
            }
            compare(table, config);
            assertThat(table.hosts().size()).isZero();
            assertThat(table.slots().mappings()).isZero();
        }
    }

    private static PolicyTerms.Pool pool(final int index, final int size) {
        final int[] addresses = new int[size];
        for (int i = 0; i < size; i++) {
            addresses[i] = TestRouter.OUTSIDE + 0x100 * index + i;
        }
        return new PolicyTerms.Pool(EGRESSES[index], addresses);
    }

    private static PolicyTerms.Forward forward(final int port, final int host) {
        return new PolicyTerms.Forward(EGRESSES[0], Ipv4.UDP, TestRouter.OUTSIDE, port, host, 5353 + port);
    }

    private static MappingTable table(final TestConfig config, final PolicyKeeper keeper) {
        final MappingTable table = new MappingTable(
                config.room(),
                TableMemory.anonymous(config.room()),
                new FlowKey(config.room().secrets().flows()));
        table.adopt(keeper.current());
        return table;
    }

    private void step(final MappingTable table, final TestConfig config, final Random random, final boolean growing) {
        final int kind = random.nextInt(20);
        if (kind == 0) {
            nowS += random.nextInt(4);
            table.room().releaseNext(nowS);
        } else if (kind == 1) {
            final int rule = random.nextInt(config.forwards().size());
            begin(table, table.ofRule(rule, config.forwards().get(rule).externalPort(), nowS), true);
        } else if (kind == 2) {
            final int mapping = find(table, random);
            if (mapping >= 0) {
                table.dropUnused(mapping);
            }
        } else if (kind < (growing ? 14 : 8)) {
            final int mapping = find(table, random);
            if (mapping >= 0) {
                begin(table, mapping, false);
            }
        } else if (!sessions.isEmpty()) {
            end(table, random);
        }
    }

    private int find(final MappingTable table, final Random random) {
        final int host = FIRST_HOST + random.nextInt(HOSTS);
        final int port = 4000 + random.nextInt(PORTS);
        final int protocol = random.nextBoolean() ? Ipv4.UDP : Ipv4.TCP;
        final int egress = EGRESSES[random.nextInt(EGRESSES.length)];
        final int mapping = table.findOrCreate(host, port, protocol, 0, egress, nowS);
        if (mapping < 0) {
            refused.merge(DropReason.ofCode(-mapping), 1, Integer::sum);
        }
        return mapping;
    }

    private void begin(final MappingTable table, final int mapping, final boolean fromOutside) {
        table.addSession(mapping, fromOutside);
        sessions.add(new Session(mapping, MappingRecord.insideAddress(table.record(mapping)), fromOutside));
    }

    private void end(final MappingTable table, final Random random) {
        final Session session = sessions.remove(random.nextInt(sessions.size()));
        table.removeSession(session.mapping, session.fromOutside, random.nextInt(3) == 0, nowS);
    }

    /** The live hosts, and those that the mapping records and the model's sessions make up, are the same. */
    private void compare(final MappingTable table, final TestConfig config) {
        final Map<Integer, Counts> rebuilt = rebuild(table, config);
        final Map<Integer, Counts> live = new TreeMap<>();
        for (int i = 0; i < HOSTS; i++) {
            final int host = table.hosts().find(FIRST_HOST + i, 0);
            if (host >= 0) {
                live.put(FIRST_HOST + i, counts(table, table.hosts().record(host)));
            }
        }
        assertThat(live).isEqualTo(rebuilt);
        assertThat(table.hosts().size()).isEqualTo(rebuilt.size());
        for (final int address : rebuilt.keySet()) {
            assertThat(chainBackward(table, address)).isEqualTo(rebuilt.get(address).chain);
        }
    }

    private Map<Integer, Counts> rebuild(final MappingTable table, final TestConfig config) {
        final Map<Integer, Counts> hosts = new TreeMap<>();
        final Set<Long> paired = new HashSet<>();
        for (int mapping = 0; mapping < config.mappings() + config.room().maxRules(); mapping++) {
            final long record = table.record(mapping);
            if (MappingRecord.flags(record) == 0) {
                continue;
            }
            final int address = MappingRecord.insideAddress(record);
            assertThat(table.hostOf(mapping)).isEqualTo(table.hosts().find(address, 0));
            final Counts before = hosts.getOrDefault(address, new Counts(0, 0, 0, new TreeMap<>(), new HashSet<>()));
            final boolean isStatic = MappingRecord.isStatic(record);
            if (!isStatic) {
                final int outside = MappingRecord.outsideAddress(record);
                before.paired.merge(outside, 1, Integer::sum);
                final long pair = (long) address << 32 | outside >>> 8;
                assertThat(pairs.getOrDefault(pair, outside))
                        .as("the pairing is kept")
                        .isEqualTo(outside);
                pairs.put(pair, outside);
                paired.add(pair);
            }
            if (MappingRecord.sessions(record) > 0) {
                before.chain.add(mapping);
            }
            hosts.put(
                    address,
                    new Counts(
                            count(address, false),
                            count(address, true),
                            before.ports + (isStatic ? 0 : 1),
                            before.paired,
                            before.chain));
        }
        pairs.keySet().retainAll(paired);
        return hosts;
    }

    private int count(final int host, final boolean fromOutside) {
        return (int) sessions.stream()
                .filter(each -> each.host == host && each.fromOutside == fromOutside)
                .count();
    }

    private static Counts counts(final MappingTable table, final long record) {
        final Map<Integer, Integer> paired = new TreeMap<>();
        for (int pair = 0; pair < HostLayout.PAIRS; pair++) {
            if (HostRecord.pairedPorts(record, pair) > 0) {
                paired.put(HostRecord.paired(record, pair), HostRecord.pairedPorts(record, pair));
            }
        }
        final Set<Integer> chain = new HashSet<>();
        for (int mapping = table.firstOfHost(HostRecord.insideAddress(record), 0);
                mapping >= 0;
                mapping = table.nextOfHost(mapping)) {
            assertThat(chain.add(mapping)).as("no circle").isTrue();
        }
        return new Counts(
                HostRecord.sessions(record),
                HostRecord.outsideSessions(record),
                HostRecord.ports(record),
                paired,
                chain);
    }

    private static Set<Integer> chainBackward(final MappingTable table, final int address) {
        int last = table.firstOfHost(address, 0);
        while (last >= 0 && table.nextOfHost(last) >= 0) {
            last = table.nextOfHost(last);
        }
        final Set<Integer> chain = new HashSet<>();
        for (int mapping = last; mapping >= 0; mapping = table.previousOfHost(mapping)) {
            assertThat(chain.add(mapping)).as("no circle").isTrue();
        }
        return chain;
    }
}
