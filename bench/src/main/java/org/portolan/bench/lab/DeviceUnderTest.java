package org.portolan.bench.lab;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What stands in the router's namespace between {@code lan} and {@code wan} and forwards, translating or not. */
public interface DeviceUnderTest extends AutoCloseable {
    /** What a report calls it. */
    String name();

    /** Begins to route; returns when it does. */
    void start();

    /** Stops routing and leaves the namespace as it was; without effect when it is not running. */
    void stop();

    /**
     * Once it was started: throws {@link LabException} that says why, when it has ended by itself. What has no process
     * cannot.
     */
    default void requireRunning() {}

    /** Once it runs: the settings that a reader of its figures wants to know, names and values for people. */
    default Map<String, String> settings() {
        return Map.of();
    }

    /** CPU seconds that a process of its own has taken so far; 0 for what works on others' time, as the kernel does. */
    default double cpuSeconds() {
        return 0;
    }

    /**
     * Lets it run, or keeps it from taking CPU time while another one is measured. What takes none when nothing
     * arrives need do nothing.
     */
    default void let(final boolean run) {}

    /** Heap bytes that its forwarding threads have allocated so far; -1 for one without a heap. */
    default long allocatedBytes() {
        return -1;
    }

    /** Where it writes histograms of its own latency, interval by interval, as HdrHistogram's tools read them. */
    default Optional<Path> latencyLog() {
        return Optional.empty();
    }

    @Override
    default void close() {
        stop();
    }
}
