package org.portolan.dataplane.policy;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;

/** Control makes and offers a policy while the worker takes it over, and takes the old one's memory back after that. */
@JCStressTest
@Outcome(
        id = "(old policy|new policy), not adopted",
        expect = ACCEPTABLE,
        desc = "Control did not wait long enough; what belongs to the old policy stays.")
@Outcome(
        id = "new policy, adopted",
        expect = ACCEPTABLE,
        desc = "Offered and adopted are each written with release and read with acquire: both see all before them.")
@Outcome(
        id = "old policy, adopted",
        expect = FORBIDDEN,
        desc = "Control saw adopted before the worker used the new policy.")
@Outcome(
        id = "part of a policy, .*",
        expect = FORBIDDEN,
        desc = "The worker saw the new policy, but not all that was written before it: a write passed the release.")
@Outcome(
        id = "memory taken away, .*",
        expect = FORBIDDEN,
        desc = "Control took the old policy's memory back while the worker read it: the read passed the worker's"
                + " release of adopted.")
@Outcome(
        id = ".*, adopted too early",
        expect = FORBIDDEN,
        desc = "Control saw adopted, but not what the worker did before it: the worker's write passed its release.")
@State
public class PolicyExchangeStress {
    private static final int LOOKS = 5_000;
    private static final int POOL = 4096;
    private static final Slab MEMORY = Slab.allocate(128L * POOL, "memory of policies");
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final Policy FIRST = Policy.next(null, terms(), number -> false, 8, MEMORY::address);
    private static final PolicyTerms TERMS = terms(new PolicyTerms.Pool(1, 0xCB00_7102));

    private final long oldPiece = MEMORY.address() + 128L * (NEXT.getAndIncrement() & POOL - 1);
    private final long newPiece = oldPiece + 64;
    private final PolicyExchange exchange = new PolicyExchange(FIRST);

    /** Plain; the worker's. */
    private Policy inUse = FIRST;

    public PolicyExchangeStress() {
        exchange.adopted(FIRST);
        Memory.putLong(oldPiece, 1);
        Memory.putLong(newPiece, 0);
    }

    private static PolicyTerms terms(final PolicyTerms.Pool... pools) {
        return new PolicyTerms(
                RouteTable.builder().build(),
                Set.of(1),
                List.of(pools),
                List.of(),
                OutsideLimits.defaults(1000),
                HostLimits.NONE,
                Timeouts.defaults(120));
    }

    @Actor
    public void worker(final LL_Result seen) {
        seen.r1 = "old policy";
        for (int look = 0; look < LOOKS; look++) {
            final Policy policy = exchange.observe();
            if (policy != FIRST) {
                seen.r1 = policy.terms() == TERMS && policy.epoch() == 2 && Memory.longAt(newPiece) == 2
                        ? "new policy"
                        : "part of a policy";
                inUse = policy;
                exchange.adopted(policy);
                return;
            }
            if (Memory.longAt(oldPiece) != 1) {
                seen.r1 = "memory taken away";
                return;
            }
        }
    }

    @Actor
    public void control(final LL_Result seen) {
        Memory.putLong(newPiece, 2);
        final Policy next = Policy.next(FIRST, TERMS, number -> false, 8, () -> newPiece);
        exchange.offer(next);
        seen.r2 = "not adopted";
        for (int look = 0; look < LOOKS; look++) {
            if (exchange.isAdopted()) {
                seen.r2 = inUse == next ? "adopted" : "adopted too early";
                Memory.putLong(oldPiece, -1);
                return;
            }
            Thread.onSpinWait();
        }
    }
}
