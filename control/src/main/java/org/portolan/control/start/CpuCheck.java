package org.portolan.control.start;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.portolan.dataplane.system.CpuMask;

/** Whether workers can be pinned where the config says. */
public final class CpuCheck {
    private CpuCheck() {}

    /**
     * A sentence that names the CPUs which may not be used, and those which may.
     *
     * @param asked io.cpus
     * @param allowed this process's affinity mask
     */
    public static Optional<String> refusal(final List<Integer> asked, final BitSet allowed) {
        final BitSet missing = new BitSet();
        asked.forEach(missing::set);
        missing.andNot(allowed);
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("io.cpus: a worker cannot be pinned to CPU %s: this process may use %s"
                        .formatted(CpuMask.text(missing), CpuMask.text(allowed)));
    }
}
