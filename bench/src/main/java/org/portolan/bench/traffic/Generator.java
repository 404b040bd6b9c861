package org.portolan.bench.traffic;

/**
 * Sends the frames of a {@link FrameWriter} open loop: when a frame leaves depends on the clock alone, never on what
 * came of the one before. Frame n of a run is due n / rate seconds after its start, and carries that time and n. Flows
 * take turns in their order; a run may begin with any of them.
 */
public interface Generator extends AutoCloseable {
    /** What a report calls it. */
    String name();

    /** Sends, and returns when all is sent. */
    Sent run(Load load);

    @Override
    void close();
}
