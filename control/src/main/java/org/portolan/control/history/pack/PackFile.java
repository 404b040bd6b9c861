package org.portolan.control.history.pack;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.eclipse.jgit.lib.AnyObjectId;

/** A pack's bytes and its index, as far as they were asked for. */
final class PackFile implements Closeable, EntryHeader.Bytes {
    /** Its place among the packs of its reader. */
    final int number;

    private final Supplier<Path> path;
    private final PackWindows windows;
    private PackIndexFile index;
    private PositionedFile file;
    private boolean isUnreadable;

    PackFile(final int number, final Supplier<Path> path, final PackWindows windows) {
        this.number = number;
        this.path = path;
        this.windows = windows;
    }

    /** Where an object is; -1 when it is not in there, or nothing can be read. */
    long find(final AnyObjectId id) {
        if (isUnreadable) {
            return -1;
        }
        try {
            if (index == null) {
                index = PackIndexFile.of(path.get());
            }
            return index.find(id);
        } catch (final IOException e) {
            isUnreadable = true;
            return -1;
        }
    }

    private PositionedFile file() throws IOException {
        if (isUnreadable) {
            throw new IOException("unreadable, or closed");
        }
        if (file == null) {
            file = new PositionedFile(path.get());
        }
        return file;
    }

    @Override
    public int at(final long offset) throws IOException {
        if (offset < 0 || offset >= file().size()) {
            throw new EOFException("beyond the end");
        }
        return Byte.toUnsignedInt(windows.around(file(), offset)[(int) (offset % PackWindows.WINDOW)]);
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
        final int length = (int) Math.min(PackWindows.WINDOW - from, file().size() - at);
        if (length <= 0) {
            throw new EOFException("beyond the end");
        }
        inflater.setInput(windows.around(file(), at), from, length);
        return length;
    }

    @Override
    public void close() {
        isUnreadable = true;
        close(index);
        close(file);
    }

    private static void close(final Closeable each) {
        try {
            if (each != null) {
                each.close();
            }
        } catch (final IOException e) {
            // Only read: nothing is lost with it.
            return;
        }
    }
}
