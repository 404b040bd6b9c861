package org.portolan.control.history.peer;

import java.io.IOException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;

/** Reads so many commits and no more: JGit's walks hold each one that they have seen. Closing it does nothing. */
final class BoundedReader extends ObjectReader.Filter {
    private final ObjectReader reader;
    private final int most;
    private int commits;

    BoundedReader(final ObjectReader reader, final int most) {
        this.reader = reader;
        this.most = most;
    }

    @Override
    protected ObjectReader delegate() {
        return reader;
    }

    @Override
    public ObjectReader newReader() {
        return new BoundedReader(reader.newReader(), most);
    }

    /** @throws TooLargeException when it was asked for one commit more */
    @Override
    public ObjectLoader open(final AnyObjectId id, final int typeHint) throws IOException {
        if (typeHint == Constants.OBJ_COMMIT) {
            commits++;
            if (commits > most) {
                throw new TooLargeException("more than %d commits would have to be walked".formatted(most));
            }
        }
        return super.open(id, typeHint);
    }

    @Override
    public void close() {
        // The one below is somebody else's.
    }
}
