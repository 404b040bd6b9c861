package org.portolan.control.config;

import org.portolan.dataplane.nat.FragmentLimits;

/** [nat.fragments]. */
final class FragmentsReader {
    private final Section fragments;

    FragmentsReader(final Section fragments) {
        this.fragments = fragments;
    }

    FragmentLimits read() {
        final FragmentLimits byDefault = FragmentLimits.DEFAULT;
        final FragmentLimits read = new FragmentLimits(
                fragments.integer(
                        "datagrams",
                        FragmentLimits.LEAST_DATAGRAMS,
                        FragmentLimits.MOST_DATAGRAMS,
                        byDefault.datagrams()),
                fragments.integer(
                        "waiting", FragmentLimits.LEAST_WAITING, FragmentLimits.MOST_WAITING, byDefault.waiting()),
                fragments.integer("timeout", 1, FragmentLimits.LONGEST_TIMEOUT_S, byDefault.timeoutS()));
        fragments.finish();
        return read;
    }
}
