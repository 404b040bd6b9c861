package org.portolan.bench.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SimulatedNetworkTest {
    @Test
    void shouldTellAStoryThatFits() {
        final SimulatedNetwork network = new SimulatedNetwork(1);
        final Map<Integer, Long> live = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            final SimulatedNetwork.Event event;
            if (network.drawsMove()) {
                event = network.move();
                assertThat(event.mac()).isNotZero().isNotEqualTo(event.macOld());
            } else if (network.drawsArrival()) {
                event = network.arrive();
                assertThat(event.mac()).isNotZero();
            } else {
                event = network.leave();
                assertThat(event.mac()).isZero();
            }
            assertThat(live.getOrDefault(event.address(), 0L)).isEqualTo(event.macOld());
            assertThat(event.address() >>> 16).as("in the /16").isEqualTo(0x0A00);
            if (event.mac() == 0) {
                live.remove(event.address());
            } else {
                live.put(event.address(), event.mac());
            }
            assertThat(network.live()).isEqualTo(live.size());
        }
        assertThat(network.live()).isBetween(SimulatedNetwork.LIVE / 2, SimulatedNetwork.LIVE * 3 / 2);
    }

    @Test
    void shouldSightWhatIsLive() {
        final SimulatedNetwork network = new SimulatedNetwork(1);
        final SimulatedNetwork.Event arrived = network.arrive();
        assertThat(network.sighting(0))
                .isEqualTo(new SimulatedNetwork.Event(arrived.address(), arrived.mac(), arrived.mac()));
    }
}
