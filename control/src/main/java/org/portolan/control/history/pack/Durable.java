package org.portolan.control.history.pack;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** What has to be on the disk before the next step may begin. */
public final class Durable {
    /** How a file or a directory is brought to the disk. */
    interface Disk {
        void sync(Path path) throws IOException;
    }

    /** A test puts a disk that fails in its place. */
    static volatile Disk disk = Durable::force;

    private Durable() {}

    /** The bytes of a file, or the names in a directory. */
    public static void sync(final Path path) throws IOException {
        disk.sync(path);
    }

    /** fsync(2), of a directory too. */
    static void force(final Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** The file has the old content or the new one, whenever the power goes. */
    public static void replace(final Path file, final byte[] content) throws IOException {
        final Path beside = file.resolveSibling(file.getFileName() + ".new");
        Files.write(beside, content);
        sync(beside);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(file.toAbsolutePath().getParent());
    }
}
