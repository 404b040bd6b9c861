package org.portolan.dataplane.system;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.agrona.concurrent.NanoClock;

/**
 * CLOCK_BOOTTIME: nanoseconds since the machine's boot, those in which it was suspended included. A router that slept
 * for an hour finds its sessions idle for that hour, as everybody else on their way does. A router that is started
 * again within one boot goes on by the same clock.
 *
 * <p>One thread uses it, as the kernel writes the time to memory of this object. The kernel answers without a system
 * call (vDSO, since Linux 5.3).
 */
public final class BootClock implements NanoClock {
    /** Of their own cache line, since each thread writes to its clock's all the time. */
    private static final int TIMESPEC_BYTES = 64;

    private final MemorySegment timespec = Arena.ofAuto().allocate(TIMESPEC_BYTES, TIMESPEC_BYTES);

    /** Kept, so that a reading is no call to the segment. */
    private final long address = timespec.address();

    @Override
    public long nanoTime() {
        return Libc.clockNs(Libc.CLOCK_BOOTTIME, address);
    }
}
