package org.portolan.dataplane.model;

/** What one static rule has, all of its ports together; it outlives the rule as long as it has a mapping. */
final class SpecSlot {
    int mappings;

    /** Sessions that outside hosts opened. */
    int outsideSessions;
}
