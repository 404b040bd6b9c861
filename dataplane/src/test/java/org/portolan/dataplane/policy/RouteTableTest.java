package org.portolan.dataplane.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RouteTableTest {
    private static int ip(final int a, final int b, final int c, final int d) {
        return a << 24 | b << 16 | c << 8 | d;
    }

    @Test
    void shouldFindNothingInAnEmptyTable() {
        final RouteTable table = RouteTable.builder().build();

        assertThat(table.lookup(0)).isEqualTo(RouteTable.NO_ROUTE);
        assertThat(table.lookup(ip(10, 0, 0, 1))).isEqualTo(RouteTable.NO_ROUTE);
        assertThat(table.lookup(-1)).isEqualTo(RouteTable.NO_ROUTE);
    }

    @Test
    @DisplayName("RFC 1812 5.2.4.3: the longest prefix wins, whatever the order of the routes")
    void shouldPreferTheLongestPrefix() {
        final RouteTable table = RouteTable.builder()
                .add(ip(10, 1, 2, 3), 32, 4, 0)
                .add(0, 0, 1, ip(203, 0, 113, 1))
                .add(ip(10, 1, 0, 0), 16, 3, 0)
                .add(ip(10, 0, 0, 0), 8, 2, ip(192, 0, 2, 9))
                .build();

        assertThat(table.lookup(ip(10, 1, 2, 3))).isEqualTo(0);
        assertThat(table.lookup(ip(10, 1, 2, 4))).isEqualTo(2);
        assertThat(table.lookup(ip(10, 1, 255, 255))).isEqualTo(2);
        assertThat(table.lookup(ip(10, 2, 0, 0))).isEqualTo(3);
        assertThat(table.lookup(ip(11, 0, 0, 0))).isEqualTo(1);
        assertThat(table.lookup(ip(9, 255, 255, 255))).isEqualTo(1);
        assertThat(table.lookup(ip(255, 255, 255, 255))).isEqualTo(1);
        assertThat(table.lookup(ip(128, 0, 0, 0))).isEqualTo(1);
    }

    @Test
    void shouldLeadToTheGatewayOrToTheDestinationItself() {
        final RouteTable table = RouteTable.builder()
                .add(ip(192, 168, 1, 0), 24, 0, 0)
                .add(0, 0, 1, ip(203, 0, 113, 1))
                .build();
        final int host = ip(192, 168, 1, 20);
        final int far = ip(8, 8, 8, 8);

        assertThat(table.gateway(table.lookup(host))).as("on the wire itself").isZero();
        assertThat(table.port(table.lookup(host))).isEqualTo(0);
        assertThat(table.gateway(table.lookup(far))).isEqualTo(ip(203, 0, 113, 1));
        assertThat(table.port(table.lookup(far))).isEqualTo(1);
        assertThat(table.describe(1)).isEqualTo("0.0.0.0/0 port 1 via 203.0.113.1");
        assertThat(table.describe(0)).isEqualTo("192.168.1.0/24 port 0");
    }

    @Test
    void shouldEndAtTheLastAddress() {
        final RouteTable table = RouteTable.builder()
                .add(ip(255, 255, 255, 255), 32, 0, 0)
                .add(0, 32, 1, 0)
                .build();

        assertThat(table.lookup(-1)).isEqualTo(0);
        assertThat(table.lookup(-2)).isEqualTo(RouteTable.NO_ROUTE);
        assertThat(table.lookup(0)).isEqualTo(1);
        assertThat(table.lookup(1)).isEqualTo(RouteTable.NO_ROUTE);
    }

    @Test
    void shouldRefuseWhatCannotBeMeant() {
        final RouteTable.Builder builder = RouteTable.builder().add(ip(10, 0, 0, 0), 8, 0, 0);

        assertThatThrownBy(() -> builder.add(ip(10, 0, 0, 1), 24, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("10.0.0.1/24 has host bits set, the network is 10.0.0.0/24");
        assertThatThrownBy(() -> builder.add(1, 0, 0, 0)).hasMessageContaining("host bits");
        assertThatThrownBy(() -> builder.add(ip(10, 0, 0, 0), 8, 1, 0)).hasMessage("10.0.0.0/8 has a route already");
        assertThatThrownBy(() -> builder.add(0, 33, 0, 0)).hasMessageContaining("prefix length 33");
        assertThatThrownBy(() -> builder.add(0, -1, 0, 0)).hasMessageContaining("prefix length -1");
        assertThatThrownBy(() -> builder.add(0, 0, -1, 0)).hasMessageContaining("port -1");
        assertThatThrownBy(() -> builder.add(0, 0, 0, ip(224, 0, 0, 1))).hasMessageContaining("224.0.0.1");
        assertThat(builder.build().size()).isEqualTo(1);
    }

    private record Prefix(int network, int length) {
        boolean covers(final int address) {
            return length == 0 || (address ^ network) >>> 32 - length == 0;
        }
    }

    /** The longest of all that cover, by looking at each. */
    private static int naive(final List<Prefix> prefixes, final int address) {
        int best = RouteTable.NO_ROUTE;
        for (int i = 0; i < prefixes.size(); i++) {
            final Prefix prefix = prefixes.get(i);
            if (prefix.covers(address) && (best < 0 || prefix.length > prefixes.get(best).length)) {
                best = i;
            }
        }
        return best;
    }

    @Test
    void shouldAgreeWithTheNaiveModelOnRandomPrefixes() {
        final SplittableRandom random = new SplittableRandom(20261123);
        for (int round = 0; round < 300; round++) {
            final List<Prefix> prefixes = new ArrayList<>();
            final Set<Prefix> seen = new HashSet<>();
            final RouteTable.Builder builder = RouteTable.builder();
            final int wanted = random.nextInt(1, 80);
            // Few distinct high bits, so that prefixes nest and touch.
            final int seeds = random.nextInt(1, 6);
            final int[] stems = random.ints(seeds).toArray();
            for (int i = 0; i < wanted; i++) {
                final int length = random.nextInt(0, 33);
                final int near = stems[random.nextInt(seeds)] ^ (random.nextBoolean() ? 1 << random.nextInt(32) : 0);
                final Prefix prefix = new Prefix(length == 0 ? 0 : near & -1 << 32 - length, length);
                if (seen.add(prefix)) {
                    prefixes.add(prefix);
                    builder.add(prefix.network, prefix.length, i % 4, 0);
                }
            }
            final RouteTable table = builder.build();
            assertThat(table.intervals()).isBetween(1, 2 * prefixes.size() + 1);
            for (final Prefix prefix : prefixes) {
                final int last = prefix.length == 32 ? prefix.network : prefix.network | -1 >>> prefix.length;
                for (final int edge : new int[] {prefix.network, prefix.network - 1, last, last + 1}) {
                    assertThat(table.lookup(edge)).isEqualTo(naive(prefixes, edge));
                }
            }
            for (int i = 0; i < 200; i++) {
                final int address = random.nextBoolean()
                        ? random.nextInt()
                        : stems[random.nextInt(seeds)] ^ random.nextInt() >>> random.nextInt(32);
                assertThat(table.lookup(address)).isEqualTo(naive(prefixes, address));
            }
        }
    }

    @Test
    void shouldNameTheAddressesThatHaveTheSameRoute() {
        final RouteTable table = RouteTable.builder()
                .add(ip(10, 0, 0, 0), 8, 0, 0)
                .add(ip(10, 1, 0, 0), 16, 1, 0)
                .build();
        final int below = table.interval(0);
        assertThat(table.first(below)).isZero();
        assertThat(table.last(below)).isEqualTo(ip(9, 255, 255, 255));
        assertThat(table.routeOf(below)).isEqualTo(RouteTable.NO_ROUTE);
        final int inner = table.interval(ip(10, 1, 2, 3));
        assertThat(table.first(inner)).isEqualTo(ip(10, 1, 0, 0));
        assertThat(table.last(inner)).isEqualTo(ip(10, 1, 255, 255));
        assertThat(table.routeOf(inner)).isEqualTo(1);
        final int above = table.interval(-1);
        assertThat(table.first(above)).isEqualTo(ip(11, 0, 0, 0));
        assertThat(table.last(above)).isEqualTo(-1);
    }
}
