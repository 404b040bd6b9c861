package org.portolan.bench.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.bench.lab.LabException;

class TrafficFlowsTest {
    private static final int HOST = AddressBlock.address("192.168.1.10");
    private static final int SERVER = AddressBlock.address("203.0.113.1");

    private static TrafficFlows flows(final int count) {
        return TrafficFlows.fromInside(count, HOST, SERVER, 9000);
    }

    private static long endpoint(final TrafficFlows flows, final int flow) {
        return (flows.address(flow) & 0xFFFF_FFFFL) << 16 | flows.port(flow);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 63, 1_000, 4_000, 4_001, 64_512, 100_000, 258_048, 1_032_192})
    void shouldGiveEachFlowAnEndpointOfItsOwn(final int count) {
        final TrafficFlows flows = flows(count);
        assertThat(flows.count()).isEqualTo(count);
        final long[] endpoints = IntStream.range(0, count)
                .mapToLong(flow -> endpoint(flows, flow))
                .sorted()
                .toArray();
        assertThat(IntStream.range(1, count).noneMatch(i -> endpoints[i] == endpoints[i - 1]))
                .isTrue();
        assertThat(IntStream.range(0, count).map(flows::port).min().orElseThrow())
                .isGreaterThanOrEqualTo(1024);
    }

    @Test
    void shouldHaveTheLadderOfRfc9693With63PortsAHost() {
        for (final int count : TrafficFlows.LADDER.subList(2, TrafficFlows.LADDER.size())) {
            final TrafficFlows flows = flows(count);
            final int[] ofHost = new int[count / 63];
            for (int flow = 0; flow < count; flow++) {
                ofHost[flows.address(flow) - AddressBlock.address("10.0.0.1")]++;
            }
            assertThat(Arrays.stream(ofHost).allMatch(ports -> ports == 63))
                    .as("%d sessions", count)
                    .isTrue();
        }
    }

    @Test
    void shouldKeepAFewThousandOnTheOneHost() {
        final TrafficFlows flows = flows(1_000);
        assertThat(IntStream.range(0, 1_000).allMatch(flow -> flows.address(flow) == HOST))
                .isTrue();
        assertThat(flows.peer()).isEqualTo(SERVER);
        assertThat(flows.peerPort()).isEqualTo(9000);
    }

    @Test
    void shouldSendInAnOrderThatIsNeitherSequentialNorDifferentTheNextTime() {
        final TrafficFlows flows = flows(64_512);
        final TrafficFlows again = flows(64_512);
        int changed = 0;
        int neighbors = 0;
        int sameHost = 0;
        for (int flow = 1; flow < flows.count(); flow++) {
            changed += endpoint(again, flow) == endpoint(flows, flow) ? 0 : 1;
            neighbors += Math.abs(flows.port(flow) - flows.port(flow - 1)) == 1 ? 1 : 0;
            sameHost += flows.address(flow) == flows.address(flow - 1) ? 1 : 0;
        }
        assertThat(changed).isZero();
        // By chance 2 in 64,512, and 62 in 64,511.
        assertThat(neighbors).isLessThan(20);
        assertThat(sameHost).isBetween(20, 150);
    }

    @Test
    void shouldSpreadPortsEvenly() {
        final TrafficFlows flows = flows(258_048);
        final int[] eighths = new int[8];
        for (int flow = 0; flow < flows.count(); flow++) {
            eighths[(flows.port(flow) - 1024) / (64_512 / 8)]++;
        }
        // 32,256 each, with a standard deviation of 168 for independent ones.
        assertThat(Arrays.stream(eighths).allMatch(count -> Math.abs(count - 32_256) < 1_000))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, TrafficFlows.MOST + 1})
    void shouldRefuseACountThatFramesCannotCarry(final int count) {
        assertThatThrownBy(() -> flows(count))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("flows: 1 to 16,777,216");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 63, 64, 65, 1_000, 64_512, 1_000_003})
    void shouldPermute(final int size) {
        final Shuffle shuffle = new Shuffle(size, 17);
        final BitSet seen = new BitSet(size);
        for (int i = 0; i < size; i++) {
            seen.set(shuffle.of(i));
        }
        assertThat(seen.cardinality()).isEqualTo(size);
        assertThat(seen.length()).isEqualTo(size);
    }
}
