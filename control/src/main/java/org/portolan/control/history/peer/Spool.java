package org.portolan.control.history.peer;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Bytes that wait on the disk, and not in the heap, for a peer that is slower than we are. The file has no name from
 * the moment it is open, so a crash leaves nothing. One thread.
 */
class Spool extends OutputStream {
    private final FileChannel file;
    private final SpoolRoom room;
    private long bytes;

    /** @param room has to be large enough for what is written */
    Spool(final Path directory, final SpoolRoom room) throws IOException {
        this.room = room;
        file = FileChannel.open(
                directory.resolve("spool-" + UUID.randomUUID()),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
    }

    @Override
    public void write(final int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(final byte[] some, final int offset, final int length) throws IOException {
        room.grow(bytes, bytes + length);
        bytes += length;
        final ByteBuffer rest = ByteBuffer.wrap(some, offset, length);
        while (rest.hasRemaining()) {
            file.write(rest);
        }
    }

    /** All that was written, from its beginning. Closing it leaves the spool open. */
    InputStream content() throws IOException {
        file.position(0);
        return new FilterInputStream(Channels.newInputStream(file)) {
            @Override
            public void close() {
                // The file goes with the spool.
            }
        };
    }

    @Override
    public void close() throws IOException {
        room.release(bytes);
        bytes = 0;
        file.close();
    }
}
