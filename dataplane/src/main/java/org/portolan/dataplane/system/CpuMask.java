package org.portolan.dataplane.system;

import java.util.BitSet;
import java.util.StringJoiner;

/** How a set of CPUs is written: {@code 0-3,8}, as taskset(1) and systemd write it. */
public final class CpuMask {
    private CpuMask() {}

    public static String text(final BitSet cpus) {
        final StringJoiner text = new StringJoiner(",");
        for (int first = cpus.nextSetBit(0); first >= 0; ) {
            final int end = cpus.nextClearBit(first);
            text.add(end - first == 1 ? Integer.toString(first) : first + "-" + (end - 1));
            first = cpus.nextSetBit(end);
        }
        return text.toString();
    }
}
