package org.portolan.dataplane.nat;

import org.portolan.dataplane.policy.OutsideAddresses;
import org.portolan.dataplane.policy.PolicyTerms;

/**
 * What a {@link Nat} is built from and keeps as long as it lives: secrets, and the room of its tables. What may change
 * is in the {@link org.portolan.dataplane.policy.Policy}.
 *
 * @param secrets new at each start
 * @param maxSessions 1 to {@value #MAXIMUM_SESSIONS}
 * @param maxMappings dynamic ones, 1 to {@value #MAXIMUM_SESSIONS}; resting ones are kept in what live ones leave
 * @param maxRules static rules; each has room for a mapping, beside the dynamic ones
 * @param maxRulePorts further mappings of rules: those of the ports of ranges
 * @param maxAddresses outside addresses, those that drain included
 * @param maxOutsideSessions what the outside's limit may be raised to
 * @param filtersByAddress whether there is room to remember which addresses each mapping has sent to
 * @param windowCheck what happens to TCP segments outside the window
 */
public record NatConfig(
        NatSecrets secrets,
        int maxSessions,
        int maxMappings,
        int maxRules,
        int maxRulePorts,
        int maxAddresses,
        int maxOutsideSessions,
        boolean filtersByAddress,
        WindowCheck windowCheck) {
    /** 16 GiB of session lines. */
    public static final int MAXIMUM_SESSIONS = 1 << 28;

    private static final int LEAST_RULES = 1024;
    private static final int LEAST_ADDRESSES = 64;

    /** For ranges that come with a later policy. */
    private static final int SESSIONS_A_RULE_PORT = 1024;

    public NatConfig {
        require(maxSessions >= 1 && maxSessions <= MAXIMUM_SESSIONS, "maxSessions", maxSessions);
        require(maxMappings >= 1 && maxMappings <= MAXIMUM_SESSIONS, "maxMappings", maxMappings);
        require(maxRules >= 1 && maxRules <= MAXIMUM_SESSIONS, "maxRules", maxRules);
        require(maxRulePorts >= 0 && maxRulePorts <= maxSessions, "maxRulePorts", maxRulePorts);
        require(maxAddresses >= 1, "maxAddresses", maxAddresses);
        require(maxOutsideSessions >= 1 && maxOutsideSessions <= maxSessions, "maxOutsideSessions", maxOutsideSessions);
    }

    /**
     * As many dynamic mappings as there may be sessions, so the session table is full first; and for what the first
     * policy has, twice the room, as others follow it.
     */
    public static NatConfig roomFor(final NatSecrets secrets, final int maxSessions, final PolicyTerms first) {
        return roomFor(secrets, maxSessions, maxSessions, first);
    }

    /** @param maxMappings dynamic ones */
    public static NatConfig roomFor(
            final NatSecrets secrets, final int maxSessions, final int maxMappings, final PolicyTerms first) {
        return new NatConfig(
                secrets,
                maxSessions,
                maxMappings,
                Math.max(LEAST_RULES, 2 * first.forwards().size()),
                rulePorts(maxSessions, first),
                Math.max(LEAST_ADDRESSES, 2 * OutsideAddresses.count(first)),
                Math.max(
                        1,
                        Math.min(
                                maxSessions,
                                Math.max(maxSessions / 4, first.limits().sessions()))),
                first.filtersByAddress(),
                WindowCheck.COUNT);
    }

    /** The same with another window check. */
    public NatConfig checking(final WindowCheck other) {
        return new NatConfig(
                secrets,
                maxSessions,
                maxMappings,
                maxRules,
                maxRulePorts,
                maxAddresses,
                maxOutsideSessions,
                filtersByAddress,
                other);
    }

    /**
     * Twice the ports of the first policy's ranges; a mapping has a session, so not more than there may be of those.
     */
    private static int rulePorts(final int maxSessions, final PolicyTerms first) {
        final long ports = first.forwards().stream()
                .mapToLong(PolicyTerms.Forward::ports)
                .map(count -> count - 1)
                .sum();
        return (int) Math.min(maxSessions, Math.max(maxSessions / SESSIONS_A_RULE_PORT, 2 * ports));
    }

    /**
     * Why a policy of these terms does not fit into the room, or null. Outside addresses are counted when the policy is
     * made, as those that drain are known only then.
     */
    String refusal(final PolicyTerms terms) {
        if (terms.forwards().size() > maxRules) {
            return "%d forwards, and room for %d since the start"
                    .formatted(terms.forwards().size(), maxRules);
        }
        if (terms.filtersByAddress() && !filtersByAddress) {
            return "address-dependent filtering, and no room to remember addresses since the start";
        }
        final int outside = Math.min(terms.limits().sessions(), maxSessions);
        return outside <= maxOutsideSessions
                ? null
                : "%d sessions from outside, and room for %d since the start".formatted(outside, maxOutsideSessions);
    }

    private static void require(final boolean right, final String what, final int value) {
        if (!right) {
            throw new IllegalArgumentException(what + " out of range: " + value);
        }
    }
}
