package org.portolan.dataplane.command;

/** What a worker does with a frame of control's. */
public interface InjectHandler {
    /** @param frame address in the ring, gone after the call */
    void onFrame(int port, long frame, int length);
}
