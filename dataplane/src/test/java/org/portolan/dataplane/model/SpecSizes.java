package org.portolan.dataplane.model;

/** How much room the tables have, fixed at the start. */
record SpecSizes(int sessions, int mappings) {
    private static final int LEAST_HOSTS = 256;
    private static final int MAPPINGS_A_HOST = 8;

    /** Inside hosts with dynamic mappings: an eighth of those, or as many as a subnet has. */
    int hosts() {
        return Math.min(mappings, Math.max(LEAST_HOSTS, mappings / MAPPINGS_A_HOST));
    }
}
