package org.portolan.bench.run;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was measured, and where.
 *
 * @param plan which plan: {@code quick} or {@code full}
 * @param began when the run began
 * @param ended when its last point was measured; empty for a run that was cut short or goes on
 * @param rounds of each point
 * @param options of the command line, each with its value, given or by default: what a resumed run goes on with; empty
 *     for a run of a version that did not store them
 * @param machine CPU, kernel, JDK and so on: names for people, in the order of a report
 * @param settings of the plan: trial lengths, rates, sizes; names for people
 * @param devices in the order of a report; the first is compared with the others
 * @param warnings what was left out and why, and what makes figures doubtful: a busy machine, too few cores
 */
public record RunInfo(
        String plan,
        Instant began,
        Optional<Instant> ended,
        int rounds,
        Map<String, String> options,
        Map<String, String> machine,
        Map<String, String> settings,
        List<Device> devices,
        List<String> warnings) {
    /**
     * A device under test.
     *
     * @param id in the files: {@code portolan}, {@code nftables}
     * @param name for people
     * @param settings that it ran with: conntrack size, driver, idle strategy; names for people
     */
    public record Device(String id, String name, Map<String, String> settings) {}
}
