package org.portolan.control.history.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One writer for each repository: a lock that goes with the process, however that ends. */
final class RepositoryLock implements AutoCloseable {
    private static final String NAME = "portolan.lock";
    private static final int LONGEST_PID = 20;

    private final Path file;
    private final FileChannel channel;
    /** What the last holder wrote; null when there was no such file. */
    private final byte[] before;

    private RepositoryLock(final Path file, final FileChannel channel, final byte[] before) {
        this.file = file;
        this.channel = channel;
        this.before = before;
    }

    /** @throws HistoryException when another process, or another router in this one, writes there */
    static RepositoryLock take(final Path repository) throws IOException {
        final Path file = repository.resolve(NAME);
        final boolean made = Files.notExists(file, LinkOption.NOFOLLOW_LINKS);
        refuseLink(file);
        final FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        try {
            final FileLock lock = tryLock(channel);
            if (lock == null) {
                throw new HistoryException(
                        ("%s is in use by another router%s: stop that one, or name another directory in history.path")
                                .formatted(repository, holder(repository)));
            }
            // Through this channel: closing another one of the file would give the lock up (fcntl(2)).
            final byte[] before = made ? null : Channels.newInputStream(channel).readAllBytes();
            write(channel, (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII));
            return new RepositoryLock(file, channel, before);
        } catch (final IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** It is written to, and what it leads to would be. */
    private static void refuseLink(final Path file) throws IOException {
        if (Files.isSymbolicLink(file)
                || Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                        && (int) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1) {
            throw new HistoryException("%s is a link, and the router writes to none: rm %s".formatted(file, file));
        }
    }

    private static FileLock tryLock(final FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (final OverlappingFileLockException e) {
            return null;
        }
    }

    /** Who holds it, for the next one's error; a full disk must not keep the router from starting. */
    private static void write(final FileChannel channel, final byte[] text) {
        try {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(text), 0);
        } catch (final IOException e) {
            return;
        }
    }

    private static String holder(final Path repository) {
        try {
            final String pid = Files.readString(repository.resolve(NAME)).strip();
            return pid.isEmpty() || pid.length() > LONGEST_PID || !pid.chars().allMatch(Character::isDigit)
                    ? ""
                    : " (process " + pid + ")";
        } catch (final IOException e) {
            return "";
        }
    }

    /** The repository is refused: it is left as it was found. */
    void abandon() throws IOException {
        if (before == null) {
            Files.deleteIfExists(file);
        } else {
            write(channel, before);
        }
        close();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
