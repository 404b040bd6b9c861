package org.portolan.dataplane.neighbor;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * {@link NeighborSlotStress} with a planted race: the worker does not read the key again after the word. The harness
 * has to find it.
 */
@JCStressTest
@Outcome(
        id = "own MAC",
        expect = ACCEPTABLE,
        desc = "The worker read the cell while it was the neighbor's: before it went, or after it came back.")
@Outcome(id = "nothing", expect = ACCEPTABLE, desc = "The cell was empty or the other's.")
@Outcome(
        id = "MAC of the other",
        expect = FORBIDDEN,
        desc =
                "The cell went to the other between the worker's reads of key and word, and no later read of the key notices.")
@State
public class NeighborSlotPlanted {
    private static final int POOL = 1024;
    private static final int LOOKS = 20;
    private static final int ONE = 0x0A00_0001;
    private static final int OTHER = 0x0A00_0002;
    private static final NeighborTable[] TABLES = new NeighborTable[POOL];
    private static final AtomicInteger NEXT = new AtomicInteger();

    static {
        // With multiplier 1 both addresses have the same home; the subnet is one address that is neither.
        Arrays.setAll(TABLES, i -> new NeighborTable(0x0B00_0000, 32, 4, 1));
        for (final NeighborTable table : TABLES) {
            table.publish(ONE, ONE, NeighborState.REACHABLE);
        }
    }

    private final NeighborTable table = TABLES[NEXT.getAndIncrement() & POOL - 1];

    @Actor
    public void control() {
        table.clear(ONE);
        table.publish(OTHER, OTHER, NeighborState.REACHABLE);
        table.clear(OTHER);
        table.publish(ONE, ONE, NeighborState.REACHABLE);
    }

    @Actor
    public void worker(final L_Result seen) {
        long word = ONE;
        for (int look = 0; look < LOOKS && NeighborTable.mac(word) == ONE; look++) {
            final int slot = table.slot(ONE);
            Thread.onSpinWait();
            word = slot < 0 ? ONE : table.word(slot);
        }
        seen.r1 = word == 0 ? "nothing" : NeighborTable.mac(word) == ONE ? "own MAC" : "MAC of the other";
    }
}
