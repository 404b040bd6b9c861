package org.portolan.dataplane.neighbor;

/**
 * All that a {@link NeighborMachine} can be set to.
 *
 * @param contested who wins when two MACs answer for one address
 */
public record NeighborSettings(NeighborTimers timers, NeighborLimits limits, Contested contested) {
    /** The defaults of each, and what is held is kept. */
    public static NeighborSettings defaults() {
        return new NeighborSettings(NeighborTimers.defaults(), NeighborLimits.defaults(), Contested.HELD);
    }
}
