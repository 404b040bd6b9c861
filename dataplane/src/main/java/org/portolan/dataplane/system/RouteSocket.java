package org.portolan.dataplane.system;

/** The two calls that a dump makes on its rtnetlink socket; a test puts a kernel of its own in their place. */
interface RouteSocket {
    /** Bytes sent, or the negated errno. */
    long send(long address, int bytes);

    /** Bytes received, 0 when the socket was shut, or the negated errno. */
    long receive(long address, int capacity);
}
