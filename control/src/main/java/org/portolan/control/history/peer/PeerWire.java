package org.portolan.control.history.peer;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** A way to a git server that speaks protocol 2: it greets, and answers one request after the other. */
interface PeerWire extends Closeable {
    /** What the server says first. */
    InputStream greet() throws IOException;

    /** The answer to a whole request. */
    InputStream ask(byte[] request) throws IOException;
}
