package org.portolan.dataplane.neighbor;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** Control publishes another MAC and state of a neighbor in the subnet while a worker looks it up. */
@JCStressTest
@Outcome(
        id = {"old MAC, old state", "new MAC, new state"},
        expect = ACCEPTABLE,
        desc = "MAC and state are one word, which is written and read whole.")
@Outcome(
        id = {"old MAC, new state", "new MAC, old state"},
        expect = FORBIDDEN,
        desc = "A frame would go to a MAC that has no such state: the word was torn.")
@Outcome(
        id = "other",
        expect = FORBIDDEN,
        desc = "A MAC that control never published: the word was torn within the MAC.")
@State
public class NeighborWordStress {
    private static final int NETWORK = 10 << 24;
    private static final NeighborTable TABLE = new NeighborTable(NETWORK, 16, 1, 1);
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final long ODD_MAC = 0x0200_0000_0001L;
    private static final long EVEN_MAC = 0xFEFF_FFFF_FFFEL;

    static {
        for (int host = 0; host < 1 << 16; host++) {
            TABLE.publish(NETWORK + host, ODD_MAC, NeighborState.REACHABLE);
        }
    }

    private final int address = NETWORK + (NEXT.getAndIncrement() & 0xFFFF);
    private final boolean wasOdd = NeighborTable.mac(TABLE.lookup(address)) == ODD_MAC;
    private final long oldMac = wasOdd ? ODD_MAC : EVEN_MAC;
    private final long newMac = wasOdd ? EVEN_MAC : ODD_MAC;
    private final int oldState = wasOdd ? NeighborState.REACHABLE : NeighborState.STALE;
    private final int newState = wasOdd ? NeighborState.STALE : NeighborState.REACHABLE;

    @Actor
    public void control() {
        TABLE.publish(address, newMac, newState);
    }

    @Actor
    public void worker(final L_Result seen) {
        final long word = TABLE.lookup(address);
        final long mac = NeighborTable.mac(word);
        final int state = NeighborTable.state(word);
        final boolean known = (mac == oldMac || mac == newMac) && (state == oldState || state == newState);
        seen.r1 = known
                ? (mac == oldMac ? "old MAC, " : "new MAC, ") + (state == oldState ? "old state" : "new state")
                : "other";
    }
}
