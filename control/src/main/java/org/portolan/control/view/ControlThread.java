package org.portolan.control.view;

import java.util.function.Supplier;

/** The way to control's thread, for threads that may wait. */
interface ControlThread {
    /**
     * Asks something of control's thread and waits for the answer, some seconds at most.
     *
     * @throws RefusedException when there is none, or too many ask; what was asked for may be done all the same
     */
    <T> T answer(Supplier<T> question) throws RefusedException;
}
