package org.portolan.bench.lab;

/** What stands in the router's namespace between {@code lan} and {@code wan} and translates. */
public interface DeviceUnderTest extends AutoCloseable {
    /** What a report calls it. */
    String name();

    /** Begins to route; returns when it does. */
    void start();

    /** Stops routing and leaves the namespace as it was; without effect when it is not running. */
    void stop();

    @Override
    default void close() {
        stop();
    }
}
