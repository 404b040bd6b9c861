package org.portolan.control.history.peer;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * What a client is sent. A large pack goes to the disk first and the conversation ends with it, so that the heap is
 * free for the next one before the client has read the first byte, however slowly it reads.
 */
final class SpooledAnswer extends OutputStream {
    /** What is made here is as large as the history lets it be: it is not bounded a second time. */
    private static final SpoolRoom ROOM = new SpoolRoom(Long.MAX_VALUE, 0);

    private final OutputStream out;
    private final PackBudget.Share share;
    private final Path directory;
    private Spool spool;

    /** @param directory on the disk */
    SpooledAnswer(final OutputStream out, final PackBudget.Share share, final Path directory) {
        this.out = out;
        this.share = share;
        this.directory = directory;
    }

    /** The client's requests: there are no more once a large pack was made. */
    InputStream requests(final InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                return spool == null ? super.read() : -1;
            }

            @Override
            public int read(final byte[] bytes, final int offset, final int length) throws IOException {
                return spool == null ? super.read(bytes, offset, length) : -1;
            }
        };
    }

    private OutputStream target() throws IOException {
        if (spool == null && share.isLarge()) {
            spool = ROOM.open(directory);
        }
        return spool == null ? out : spool;
    }

    @Override
    public void write(final int value) throws IOException {
        target().write(value);
    }

    @Override
    public void write(final byte[] bytes, final int offset, final int length) throws IOException {
        target().write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
        if (spool == null) {
            out.flush();
        }
    }

    /** Sends what lies on the disk. */
    void send() throws IOException {
        if (spool != null) {
            try (InputStream content = spool.content()) {
                content.transferTo(out);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (spool != null) {
            spool.close();
        }
    }
}
