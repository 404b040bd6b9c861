package org.portolan.bench.harness;

import java.util.List;

/**
 * Devices that are set up together, and what is measured with them.
 *
 * @param sessions that the traffic has, and every device must hold
 * @param fresh whether each point gets devices that were just started: their tables are empty
 */
record Scene(long sessions, boolean fresh, List<Task> tasks) {
    static Scene of(final long sessions, final List<Task> tasks) {
        return new Scene(sessions, false, List.copyOf(tasks));
    }

    static Scene fresh(final long sessions, final List<Task> tasks) {
        return new Scene(sessions, true, List.copyOf(tasks));
    }
}
