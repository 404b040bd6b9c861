package org.portolan.dataplane.nat;

/** What happens to TCP segments whose numbers are outside the window of their connection ({@link TcpWindow}). */
public enum WindowCheck {
    /** Nothing is judged: flags alone decide about a session, and an RST or a FIN always counts. */
    OFF,

    /** They are counted and carried, but change nothing about the session. */
    COUNT,

    /** As {@link #COUNT}, and those from outside are dropped where that is safe ({@link TcpTracking}). */
    DROP
}
