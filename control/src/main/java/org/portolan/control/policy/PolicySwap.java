package org.portolan.control.policy;

import org.portolan.control.expiry.SessionExpiry;
import org.portolan.control.log.Log;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.command.Wakeup;
import org.portolan.dataplane.nat.PolicyKeeper;
import org.portolan.dataplane.nat.SessionReader;
import org.portolan.dataplane.policy.Policy;
import org.portolan.dataplane.policy.PolicyTerms;

/**
 * A change of the policy while the router runs, from the offer to the end of what the old one left. Control's thread.
 *
 * <pre>
 *           offer                 adopted              a clean pass             no address drains
 *   SETTLED ------&gt; OFFERED ------------------&gt; SWEEPING ------------&gt; DRAINING -----------------&gt; SETTLED
 *                                                                      |    ^
 *                                            an address has no mapping |    | adopted: its memory is free
 *                                            left: offer without it    v    |
 *                                                                     RETIRING
 * </pre>
 *
 * An offer is taken when it is settled or drains. In OFFERED and SWEEPING it is not: two policies are all that the
 * worker and the sweep compare, and a mapping that lost its port to a rule has to end before the rule may go again.
 */
public final class PolicySwap {
    private enum Step {
        SETTLED,
        OFFERED,
        SWEEPING,
        DRAINING,
        RETIRING
    }

    private final PolicyKeeper keeper;
    private final PolicySweep sweep;
    private final SessionExpiry expiry;
    private final Wakeup wakeup;
    private final Log log;
    private Step step = Step.SETTLED;

    public PolicySwap(
            final PolicyKeeper keeper,
            final SessionReader sessions,
            final CommandProxy commands,
            final SessionExpiry expiry,
            final Wakeup wakeup,
            final Log log) {
        this.keeper = keeper;
        this.expiry = expiry;
        this.wakeup = wakeup;
        this.log = log;
        sweep = new PolicySweep(sessions, commands);
    }

    /** The policy that was offered last. */
    public Policy current() {
        return keeper.current();
    }

    /** Whether the last change is over but for addresses that drain, so that the next one may come. */
    public boolean isReady() {
        return step == Step.SETTLED || step == Step.DRAINING;
    }

    /** Whether nothing is left of the policies before the current one. */
    public boolean isSettled() {
        return step == Step.SETTLED;
    }

    /**
     * Offers the worker a policy of these terms.
     *
     * @return whether it was offered; false while a change is under way: come again
     * @throws IllegalArgumentException when the terms do not fit into the room that was made at the start; then nothing
     *     has changed
     */
    public boolean offer(final PolicyTerms terms) {
        if (!isReady()) {
            return false;
        }
        keeper.offer(terms);
        wakeup.signal();
        step = Step.OFFERED;
        return true;
    }

    /** Does what is due. @param nowNs monotonic */
    public void poll(final long nowNs) {
        step = switch (step) {
            case SETTLED -> Step.SETTLED;
            case OFFERED -> keeper.isAdopted() ? adopted() : Step.OFFERED;
            case SWEEPING -> sweep.poll(nowNs) ? swept() : Step.SWEEPING;
            case DRAINING -> drain();
            case RETIRING -> keeper.isAdopted() ? Step.DRAINING : Step.RETIRING;
        };
    }

    private Step adopted() {
        expiry.adopt(current().timeouts());
        sweep.begin(current());
        return Step.SWEEPING;
    }

    private Step swept() {
        log.info(
                "policy %d is in use; sessions that it does not allow were ended",
                current().epoch());
        return Step.DRAINING;
    }

    private Step drain() {
        if (current().addresses().draining() == 0) {
            return Step.SETTLED;
        }
        if (!keeper.retireDrained()) {
            return Step.DRAINING;
        }
        wakeup.signal();
        return Step.RETIRING;
    }
}
