package org.portolan.dataplane.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;

class PolicyExchangeTest {
    private static final int SWAPS = 4_000;

    private static Policy next(final Policy before, final int address, final long memory) {
        final PolicyTerms terms = OutsideAddressesTest.terms(List.of(), new PolicyTerms.Pool(1, 0xCB007102, address));
        return Policy.next(before, terms, number -> false, 8, () -> memory);
    }

    @Test
    void shouldOfferOnePolicyAfterTheOther() {
        final Policy first = next(null, 1, 0);
        final PolicyExchange exchange = new PolicyExchange(first);
        final Policy second = next(first, 1, 0);
        assertThat(exchange.isAdopted()).isFalse();
        assertThatThrownBy(() -> exchange.offer(second)).isInstanceOf(IllegalStateException.class);
        exchange.adopted(exchange.observe());
        assertThatThrownBy(() -> exchange.offer(next(second, 1, 0))).hasMessageContaining("policy 3");
        exchange.offer(second);
        assertThat(exchange.isAdopted()).isFalse();
        assertThat(exchange.observe()).isSameAs(second);
        exchange.adopted(second);
        assertThat(exchange.isAdopted()).isTrue();
    }

    /**
     * A worker that reads through the policy what control wrote before it offered it, and control that overwrites what
     * belonged to a policy as soon as the next one is adopted: the worker never sees an epoch go back, nor memory that
     * is not its policy's.
     */
    @Test
    void shouldHandOverWhatWasWrittenBeforeAndTakeBackWhatIsOutOfUse() throws InterruptedException {
        try (Slab memory = Slab.allocate(2 * Memory.CACHE_LINE_BYTES, "test")) {
            Memory.putLong(memory.address(), 1);
            Policy policy = next(null, 1, memory.address());
            final PolicyExchange exchange = new PolicyExchange(policy);
            final AtomicBoolean done = new AtomicBoolean();
            final AtomicBoolean wrong = new AtomicBoolean();
            final Thread worker = new Thread(() -> work(exchange, done, wrong));
            worker.start();
            for (int i = 0; i < SWAPS && !wrong.get(); i++) {
                while (!exchange.isAdopted()) {
                    Thread.onSpinWait();
                }
                final int epoch = policy.epoch() + 1;
                final long piece = memory.address() + epoch % 2 * Memory.CACHE_LINE_BYTES;
                Memory.putLong(piece, -1);
                Memory.putLong(piece, epoch);
                // Another address each time, so that each policy has memory of its own.
                policy = next(policy, 100 + epoch, piece);
                exchange.offer(policy);
            }
            done.set(true);
            worker.join();
            assertThat(wrong).isFalse();
        }
    }

    private static void work(final PolicyExchange exchange, final AtomicBoolean done, final AtomicBoolean wrong) {
        int epoch = 0;
        while (!done.get()) {
            final Policy policy = exchange.observe();
            if (policy.epoch() < epoch || policy.epoch() > epoch + 1 && epoch > 0) {
                wrong.set(true);
            }
            epoch = policy.epoch();
            final OutsideAddresses addresses = policy.addresses();
            final int number = addresses.pooled(1, 1);
            final long piece = addresses.memory(number);
            if (epoch > 1 && Memory.longAt(piece) != epoch) {
                wrong.set(true);
            }
            exchange.adopted(policy);
        }
    }
}
