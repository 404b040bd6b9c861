package org.portolan.control.history.pack;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** A pack's bytes. */
final class PackFile implements Closeable, EntryHeader.Bytes {
    private final PositionedFile file;
    private final PackWindows windows;

    PackFile(final Path path, final PackWindows windows) throws IOException {
        file = new PositionedFile(path);
        this.windows = windows;
    }

    @Override
    public int at(final long offset) throws IOException {
        if (offset < 0 || offset >= file.size()) {
            throw new EOFException("behind the end");
        }
        return Byte.toUnsignedInt(windows.around(file, offset)[(int) (offset % PackWindows.WINDOW)]);
    }

    /**
     * Unpacks a zlib stream into bytes that it fills.
     *
     * @throws DataFormatException when it is damaged, longer or shorter
     */
    void inflate(final long offset, final Inflater inflater, final byte[] into)
            throws IOException, DataFormatException {
        inflater.reset();
        long at = offset;
        int made = 0;
        while (!inflater.finished()) {
            if (inflater.needsInput()) {
                at += feed(at, inflater);
            }
            final int more = inflater.inflate(into, made, into.length - made);
            made += more;
            if (more == 0 && !inflater.finished() && !inflater.needsInput()) {
                throw new DataFormatException("longer than it says");
            }
        }
        if (made < into.length) {
            throw new DataFormatException("shorter than it says");
        }
    }

    private int feed(final long at, final Inflater inflater) throws IOException {
        final int from = (int) (at % PackWindows.WINDOW);
        final int length = (int) Math.min(PackWindows.WINDOW - from, file.size() - at);
        if (length <= 0) {
            throw new EOFException("behind the end");
        }
        inflater.setInput(windows.around(file, at), from, length);
        return length;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
