package org.portolan.control.history.peer;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The disk space that all peers' packs may take while they come in and wait to be checked. Each may be small at any
 * time: so peers that send large ones keep out other large ones only, and those until they are checked or take too
 * long. Any thread.
 */
class SpoolRoom {
    private static final long SHARED_BYTES = 512L << 20;

    /** As much as a day of changes. */
    private static final long SMALL_BYTES = 4L << 20;

    private final long sharedBytes;
    private final long smallBytes;
    private long takenBytes;

    SpoolRoom() {
        this(SHARED_BYTES, SMALL_BYTES);
    }

    /**
     * @param sharedBytes of all spools together, without the first bytes of each
     * @param smallBytes that each spool has for itself
     */
    SpoolRoom(final long sharedBytes, final long smallBytes) {
        this.sharedBytes = sharedBytes;
        this.smallBytes = smallBytes;
    }

    Spool open(final Path directory) throws IOException {
        return new Spool(directory, this);
    }

    /**
     * A spool is to grow.
     *
     * @throws IOException when the others have left no room
     */
    synchronized void grow(final long fromBytes, final long toBytes) throws IOException {
        final long more = shared(toBytes) - shared(fromBytes);
        if (takenBytes + more > sharedBytes) {
            throw new IOException(
                    "unchecked data of peers takes %d MB already, which is the limit".formatted(takenBytes >> 20));
        }
        takenBytes += more;
    }

    /** A spool is gone. */
    synchronized void release(final long bytes) {
        takenBytes -= shared(bytes);
    }

    private long shared(final long bytes) {
        return Math.max(0, bytes - smallBytes);
    }
}
