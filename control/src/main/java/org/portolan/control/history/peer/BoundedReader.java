package org.portolan.control.history.peer;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;

/**
 * Reads so many commits and no more, and for so long: JGit's walks hold each one that they have seen, and the historian
 * writes nothing meanwhile. Closing it does nothing.
 */
final class BoundedReader extends ObjectReader.Filter {
    private final ObjectReader reader;
    private final int most;
    private final long untilNs;
    private int commits;

    BoundedReader(final ObjectReader reader, final int most, final long longestMs) {
        this.reader = reader;
        this.most = most;
        untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(longestMs);
    }

    private BoundedReader(final BoundedReader other) {
        reader = other.reader.newReader();
        most = other.most;
        untilNs = other.untilNs;
    }

    @Override
    protected ObjectReader delegate() {
        return reader;
    }

    @Override
    public ObjectReader newReader() {
        return new BoundedReader(this);
    }

    /** @throws TooLargeException when it was asked for one commit more, or too late */
    @Override
    public ObjectLoader open(final AnyObjectId id, final int typeHint) throws IOException {
        if (typeHint == Constants.OBJ_COMMIT) {
            commits++;
            if (commits > most) {
                throw new TooLargeException("more than %d commits would have to be walked".formatted(most));
            }
            if (System.nanoTime() - untilNs >= 0) {
                throw new TooLargeException("more commits would have to be walked than there is time for");
            }
        }
        return super.open(id, typeHint);
    }

    @Override
    public void close() {
        // The one below is somebody else's.
    }
}
