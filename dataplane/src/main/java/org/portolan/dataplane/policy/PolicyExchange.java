package org.portolan.dataplane.policy;

import org.portolan.dataplane.memory.SharedReference;

/**
 * Where control and one worker hand the policy over.
 *
 * <pre>
 *   control                                  worker, at each batch border
 *   offer(n + 1)  ---- release/acquire ---&gt;  observes n + 1, takes it over
 *   isAdopted()   &lt;--- release/acquire ----  adopted(n + 1)
 *   n is out of use
 * </pre>
 *
 * Control writes offered, the worker writes adopted, each reads the other's. Control offers no policy before the last
 * one is adopted, so there are never more than two, and the worker sees each.
 */
public final class PolicyExchange {
    private final SharedReference<Policy> offered;
    private final SharedReference<Policy> adopted = new SharedReference<>(null);

    public PolicyExchange(final Policy first) {
        offered = new SharedReference<>(first);
    }

    /** Control. */
    public void offer(final Policy next) {
        if (!isAdopted() || next.epoch() != offered.peek().epoch() + 1) {
            throw new IllegalStateException("policy %d does not follow on one in use".formatted(next.epoch()));
        }
        offered.publish(next);
    }

    /** Control: the last policy that it offered. */
    public Policy current() {
        return offered.peek();
    }

    /** Control: whether the worker uses what was offered last, and nothing before it any more. */
    public boolean isAdopted() {
        return adopted.observe() == offered.peek();
    }

    /** The worker: the policy to use from this batch on. */
    public Policy observe() {
        return offered.observe();
    }

    /** The worker: it uses this policy now and no earlier one. */
    public void adopted(final Policy policy) {
        adopted.publish(policy);
    }
}
