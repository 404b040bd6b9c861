package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.control.history.record.Observation.State;
import org.portolan.control.history.record.Stamp;

/** What is worth asking about of another router's word. */
class HearsayTest {
    private static final int ADDRESS = 0xC0A8_0114;
    private static final long MAC = 0x0250_2A16_6D14L;
    private static final Wire[] WIRES = {new Wire(0, "office", "lan")};
    private static final BindingKey KEY = WIRES[0].key(ADDRESS);

    private static Binding live(final long mac, final String reason) {
        return new Binding(new Observation(State.LIVE, mac, 1, 1, 0, reason, "lan", new Stamp(1, "edge-2")), null);
    }

    @Test
    void shouldTellWhatThePeerHasConfirmed() {
        assertThat(Hearsay.of(KEY, null, live(MAC, "answered"), WIRES))
                .isEqualTo(List.of(new Hearsay(0, ADDRESS, MAC, false, "edge-2")));
    }

    @Test
    void shouldNotTellAHostsWordAboutItself() {
        assertThat(Hearsay.of(KEY, null, live(MAC, "asked-us"), WIRES)).isEmpty();
    }

    @Test
    void shouldTellAHostsWordOnceThePeerHasConfirmedIt() {
        assertThat(Hearsay.of(KEY, live(MAC, "asked-us"), live(MAC, "answered"), WIRES))
                .isEqualTo(List.of(new Hearsay(0, ADDRESS, MAC, false, "edge-2")));
    }

    @Test
    void shouldOnlyHaveTheHeldOneAskedWhenAnUnconfirmedWordTookItsPlace() {
        assertThat(Hearsay.of(KEY, live(MAC, "answered"), live(MAC + 1, "asked-us"), WIRES))
                .isEqualTo(List.of(new Hearsay(0, ADDRESS, 0, false, "edge-2")));
    }
}
