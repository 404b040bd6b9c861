package org.portolan.bench.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChurnTest {
    @Test
    void shouldGiveEachAddressAMacOfItsOwnAndAnotherOneInTheNextPass() {
        final Set<String> bindings = new HashSet<>();
        final Set<String> addresses = new HashSet<>();
        final Set<String> macs = new HashSet<>();
        for (int i = 0; i < Churn.ADDRESSES; i++) {
            for (int pass = 0; pass < 2; pass++) {
                final String[] binding = Churn.binding(i, pass).split("/");
                bindings.add(Churn.binding(i, pass));
                addresses.add(binding[0]);
                macs.add(binding[1]);
            }
            assertThat(Churn.binding(i, 2)).isEqualTo(Churn.binding(i, 0));
        }
        assertThat(addresses).hasSize(Churn.ADDRESSES);
        assertThat(macs).hasSize(2 * Churn.ADDRESSES);
        assertThat(bindings).hasSize(2 * Churn.ADDRESSES);
    }
}
