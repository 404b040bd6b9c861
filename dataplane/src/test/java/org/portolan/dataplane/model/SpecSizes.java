package org.portolan.dataplane.model;

import org.portolan.dataplane.policy.PolicyTerms;

/**
 * How much room the tables have, fixed at the start.
 *
 * @param furtherOfForwards mappings of all forwards together, beyond the first of each
 */
record SpecSizes(int sessions, int mappings, int furtherOfForwards) {
    private static final int LEAST_HOSTS = 256;
    private static final int MAPPINGS_A_HOST = 8;
    private static final int SESSIONS_A_PORT = 1024;

    SpecSizes(final int sessions, final int mappings) {
        this(sessions, mappings, 0);
    }

    /** For twice the ports of the ranges that the router starts with. */
    SpecSizes with(final SpecTerms first) {
        int ports = 0;
        for (final PolicyTerms.Forward forward : first.forwards()) {
            ports += forward.ports() - 1;
        }
        return new SpecSizes(sessions, mappings, Math.min(sessions, Math.max(sessions / SESSIONS_A_PORT, 2 * ports)));
    }

    /** Inside hosts with dynamic mappings: an eighth of those, or as many as a subnet has. */
    int hosts() {
        return Math.min(mappings, Math.max(LEAST_HOSTS, mappings / MAPPINGS_A_HOST));
    }
}
