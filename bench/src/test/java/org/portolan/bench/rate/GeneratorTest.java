package org.portolan.bench.rate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratorTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000, 7907, 7919, 2 * 7919, 50_000})
    void shouldSendEveryFlowBeforeAnyTwice(final int flows) {
        final BitSet sent = new BitSet(flows);
        int flow = 0;
        for (int frame = 0; frame < flows; frame++) {
            sent.set(flow);
            flow = (flow + Generator.stride(flows)) % flows;
        }
        assertThat(sent.cardinality()).isEqualTo(flows);
    }
}
