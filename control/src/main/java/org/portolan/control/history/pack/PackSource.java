package org.portolan.control.history.pack;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.eclipse.jgit.lib.AnyObjectId;

/** A pack and its index, as far as they were asked for. */
final class PackSource implements AutoCloseable {
    /** Its place among the packs of its reader. */
    final int number;

    private final Supplier<Path> path;
    private final PackWindows windows;
    private PackIndexFile index;
    private PackFile pack;
    private boolean isUnreadable;

    PackSource(final int number, final Supplier<Path> path, final PackWindows windows) {
        this.number = number;
        this.path = path;
        this.windows = windows;
    }

    long find(final AnyObjectId id) {
        if (isUnreadable) {
            return -1;
        }
        try {
            if (index == null) {
                final Path file = path.get();
                index = new PackIndexFile(
                        file.resolveSibling(file.getFileName().toString().replaceFirst("\\.pack$", ".idx")));
            }
            return index.find(id);
        } catch (final IOException e) {
            isUnreadable = true;
            return -1;
        }
    }

    PackFile pack() throws IOException {
        if (isUnreadable) {
            throw new IOException("unreadable, or closed");
        }
        if (pack == null) {
            pack = new PackFile(path.get(), windows);
        }
        return pack;
    }

    @Override
    public void close() {
        isUnreadable = true;
        close(index);
        close(pack);
    }

    private static void close(final Closeable file) {
        try {
            if (file != null) {
                file.close();
            }
        } catch (final IOException e) {
            // Only read: nothing is lost with it.
            return;
        }
    }
}
