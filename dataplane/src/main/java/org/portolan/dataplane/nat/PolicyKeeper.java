package org.portolan.dataplane.nat;

import org.portolan.dataplane.policy.OutsideAddresses;
import org.portolan.dataplane.policy.Policy;
import org.portolan.dataplane.policy.PolicyExchange;
import org.portolan.dataplane.policy.PolicyTerms;

/**
 * Control's side of the policy: makes each one, owns the memory of the outside addresses' ports, and frees it when no
 * mapping is left and the worker has adopted a policy without the address. The caller sweeps the sessions between one
 * change and the next.
 *
 * <p>One thread uses it: the one that starts the router, then control. {@link #exchange} is what it shares with the
 * worker.
 */
public final class PolicyKeeper implements AutoCloseable {
    private final NatConfig room;
    private final PortMemory memory = new PortMemory();
    private final PolicyExchange exchange;
    private long[] givenUp = {};

    /** @throws IllegalArgumentException when the terms do not fit into the room */
    public PolicyKeeper(final NatConfig room, final PolicyTerms first) {
        this.room = room;
        exchange = new PolicyExchange(next(null, first));
    }

    private Policy next(final Policy before, final PolicyTerms terms) {
        final String refusal = room.refusal(terms);
        if (refusal != null) {
            throw new IllegalArgumentException(refusal);
        }
        if (before == null) {
            memory.reserve(Math.min(room.maxAddresses(), OutsideAddresses.count(terms)));
        }
        return Policy.next(before, terms, number -> isUsed(before, number), room.maxAddresses(), memory::take);
    }

    private static boolean isUsed(final Policy policy, final int number) {
        return PortMemory.mappings(policy.addresses().memory(number)) > 0;
    }

    /** The room of the tables, since the start. */
    NatConfig room() {
        return room;
    }

    /** Where the worker finds the policy. */
    public PolicyExchange exchange() {
        return exchange;
    }

    /** The policy that was offered last. */
    public Policy current() {
        return exchange.current();
    }

    /** Whether the worker uses {@link #current}, and no earlier one any more; then their memory is freed. */
    public boolean isAdopted() {
        if (!exchange.isAdopted()) {
            return false;
        }
        for (final long piece : givenUp) {
            memory.giveBack(piece);
        }
        givenUp = new long[0];
        return true;
    }

    /**
     * Offers the worker a policy of these terms; the last one has to be {@link #isAdopted adopted}.
     *
     * @throws IllegalArgumentException when the terms do not fit into the room that was made at the start; then nothing
     *     has changed
     */
    public void offer(final PolicyTerms terms) {
        if (!isAdopted()) {
            throw new IllegalStateException(
                    "policy %d is not in use yet".formatted(current().epoch()));
        }
        final Policy before = current();
        final Policy next = next(before, terms);
        givenUp = next.addresses().givenUp(before.addresses());
        exchange.offer(next);
    }

    /**
     * Leaves out the addresses that drain and have no mapping left: a policy of the same terms without them.
     *
     * @return whether there were any
     */
    public boolean retireDrained() {
        final OutsideAddresses addresses = current().addresses();
        for (int number = 0; number < addresses.numbers(); number++) {
            if (addresses.isDraining(number) && !isUsed(current(), number)) {
                offer(current().terms());
                return true;
            }
        }
        return false;
    }

    /** Bytes of the ports of outside addresses. */
    public long memoryBytes() {
        return (long) memory.pieces() * PortMemory.PIECE_BYTES;
    }

    /** After the worker's thread has ended. */
    @Override
    public void close() {
        memory.close();
    }
}
