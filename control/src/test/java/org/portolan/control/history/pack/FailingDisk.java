package org.portolan.control.history.pack;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.function.Predicate;

/** A disk that does not take some files or directories, until it is closed. */
public final class FailingDisk implements AutoCloseable {
    private final Durable.Disk before = Durable.disk;
    private volatile int failures;

    /** @param fails whether it fails with this path */
    public FailingDisk(final Predicate<Path> fails) {
        Durable.disk = path -> sync(path, fails);
    }

    private synchronized void sync(final Path path, final Predicate<Path> fails) throws IOException {
        if (fails.test(path)) {
            failures++;
            throw new FileSystemException(path.toString(), null, "Input/output error");
        }
        before.sync(path);
    }

    /** How often it failed. */
    public int failures() {
        return failures;
    }

    @Override
    public void close() {
        Durable.disk = before;
    }
}
