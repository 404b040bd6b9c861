package org.portolan.dataplane.nat;

/**
 * What a {@link Nat} found in slabs that an earlier process left.
 *
 * @param sessions that it goes on with
 * @param mappings live or resting
 * @param hosts with a mapping
 * @param halfSessions dropped, as the process ended while it wrote them: one at most, unless a process ended often
 * @param forbiddenSessions dropped, as the policy does not allow them
 * @param lostSessions dropped, as they had no mapping or no room
 * @param lostMappings dropped, as their address, port or host was not to be had, or a rule has their port
 */
public record Rebuilt(
        int sessions,
        int mappings,
        int hosts,
        int halfSessions,
        int forbiddenSessions,
        int lostSessions,
        int lostMappings) {
    /** Of memory that nobody left. */
    static final Rebuilt NOTHING = new Rebuilt(0, 0, 0, 0, 0, 0, 0);
}
