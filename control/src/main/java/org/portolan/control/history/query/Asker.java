package org.portolan.control.history.query;

import java.io.IOException;

/** Who waits for an answer. */
@FunctionalInterface
public interface Asker {
    /**
     * Called between the steps of a search, some thousand times a second.
     *
     * @throws IOException when nobody waits any more, which ends the search
     */
    void working() throws IOException;
}
