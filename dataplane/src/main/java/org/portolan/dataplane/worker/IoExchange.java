package org.portolan.dataplane.worker;

import org.portolan.dataplane.io.FrameIo;

/** How control changes the driver of a worker's port: laid ready, taken by the worker on command, given back. */
public interface IoExchange {
    /**
     * Control: lays a driver ready, or null for none, before it sends the command to take it.
     *
     * @return the one that lay there and was not taken, null when there is none
     */
    FrameIo handOver(int port, FrameIo replacement);

    /** Control: the driver that the worker let go of, to be closed; null when there is none. */
    FrameIo takeLeaving(int port);
}
