package org.portolan.control.verb;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What {@code portolan replay} was asked for.
 *
 * @param inputs pcap files by the name of the interface that they arrive on
 * @param macs the router's own, by interface; what is not named has the usual one
 * @param directory where the results go
 * @param untilNs how long after the first frame the replay ends; empty: some seconds after the last
 * @param seed of everything that a router chooses by chance
 */
public record ReplayOrder(
        Map<String, Path> inputs, Map<String, Long> macs, Path directory, OptionalLong untilNs, long seed) {
    public ReplayOrder {
        inputs = Map.copyOf(inputs);
        macs = Map.copyOf(macs);
    }
}
