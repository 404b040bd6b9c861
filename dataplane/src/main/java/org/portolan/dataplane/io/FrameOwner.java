package org.portolan.dataplane.io;

/**
 * Who may read and write a frame's bytes. A frame has one owner at any moment, and only the owner gives it away.
 *
 * <table>
 * <caption>from an owner (row) to the next (column)</caption>
 * <tr><th></th><th>DRIVER</th><th>PIPELINE</th><th>HOLDER</th></tr>
 * <tr><th>DRIVER</th><td>-</td><td>a frame was received; a free slot of the pool is taken for one that the router
 * makes or copies</td><td>no: nobody has looked at the frame, so nobody knows what it would wait for</td></tr>
 * <tr><th>PIPELINE</th><td>it was sent, dropped or consumed: the batch is released, or the slot of the pool</td>
 * <td>-</td><td>it waits, for instance for its next hop's MAC</td></tr>
 * <tr><th>HOLDER</th><td>no: what has waited is judged again before it leaves, and is counted if it is dropped; both
 * are the pipeline's work</td><td>its wait is over, or another frame takes its place</td><td>no: it waits for one
 * thing at a time, and runs again before it waits for another</td></tr>
 * </table>
 *
 * <p>All of them act on the worker's thread, so an owner is a plain byte and no shared word.
 */
public enum FrameOwner {
    /**
     * Nobody in the router uses the frame. A slot of a receive ring is the kernel's to fill, a slot of a {@link
     * FramePool} is free.
     */
    DRIVER,

    /** The stages of the packet's way, from the batch that received the frame to its release. */
    PIPELINE,

    /** A table in which the frame waits. */
    HOLDER;

    private static final FrameOwner[] ALL = values();

    /** Whether an owner may give a frame to {@code next}. */
    public boolean mayGiveTo(final FrameOwner next) {
        return switch (this) {
            case DRIVER, HOLDER -> next == PIPELINE;
            case PIPELINE -> next != PIPELINE;
        };
    }

    static FrameOwner of(final byte ordinal) {
        return ALL[ordinal];
    }
}
