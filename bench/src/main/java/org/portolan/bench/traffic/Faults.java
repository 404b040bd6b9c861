package org.portolan.bench.traffic;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/** How many frames were judged and what was wrong with them. One thread counts, any may read. */
public final class Faults {
    private final AtomicLongArray counts = new AtomicLongArray(Fault.values().length);

    void count(final Fault fault) {
        counts.setRelease(fault.ordinal(), counts.getPlain(fault.ordinal()) + 1);
    }

    public long of(final Fault fault) {
        return counts.getAcquire(fault.ordinal());
    }

    /** Frames that were judged. */
    public long judged() {
        return wrong() + of(Fault.NONE);
    }

    /** Frames that were not right. */
    public long wrong() {
        return wrongByKind().values().stream().mapToLong(Long::longValue).sum();
    }

    /** Those kinds that occurred. */
    public Map<Fault, Long> wrongByKind() {
        final Map<Fault, Long> wrong = new EnumMap<>(Fault.class);
        for (final Fault fault : Fault.values()) {
            if (fault != Fault.NONE && of(fault) != 0) {
                wrong.put(fault, of(fault));
            }
        }
        return wrong;
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder("%,d judged, %,d wrong".formatted(judged(), wrong()));
        wrongByKind().forEach((fault, count) -> text.append("; %,d: %s".formatted(count, fault.text)));
        return text.toString();
    }
}
