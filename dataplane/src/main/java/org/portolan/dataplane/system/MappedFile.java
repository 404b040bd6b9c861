package org.portolan.dataplane.system;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A new file that is mapped for reading and writing and has its whole place on the disk before it is used. A sparse one
 * would end in SIGBUS at the first touch of a page for which a full disk has no place.
 *
 * <p>It is made under another name, given to its owner by descriptor, and then renamed over what has its name, be that
 * a symbolic link: nothing of what was there is touched. A reader that has the old file mapped keeps the old file.
 */
public final class MappedFile implements AutoCloseable {
    private static final String UNFINISHED = ".new";
    private static final int ZEROS_BYTES = 1 << 16;
    private static final int OTHERS_WRITE = 0022;

    private final long address;
    private final long bytes;
    private boolean closed;

    private MappedFile(final long address, final long bytes) {
        this.address = address;
        this.bytes = bytes;
    }

    /**
     * @param mode of the file, permissions only
     * @param uid the owner, or -1: who this process is
     * @throws LibcException with the path: ENOSPC when the disk has no place for all of it, and what else open(2),
     *     fallocate(2), fchown(2), rename(2) and mmap(2) have
     */
    public static MappedFile create(
            final HeldDirectory directory,
            final String name,
            final long bytes,
            final int mode,
            final int uid,
            final int gid) {
        final FileCalls calls = directory.calls();
        final String fresh = name + UNFINISHED;
        final Path path = directory.path().resolve(name);
        final int gone = calls.remove(directory.fd(), fresh);
        if (gone != -Errno.ENOENT) {
            DirectoryWalk.require(gone, "unlink", directory.path().resolve(fresh));
        }
        final int flags = FileCalls.O_RDWR | FileCalls.O_CREAT | FileCalls.O_EXCL;
        final int fd = DirectoryWalk.require(calls.open(directory.fd(), fresh, flags, mode), "open", path);
        try {
            allocate(calls, fd, bytes, path);
            DirectoryWalk.require(calls.changeMode(fd, mode), "fchmod", path);
            if (uid >= 0) {
                DirectoryWalk.require(calls.changeOwner(fd, uid, gid), "fchown", path);
            }
            final int protection = LibcMemory.PROT_READ | LibcMemory.PROT_WRITE;
            final long address = LibcMemory.mmap(bytes, protection, LibcMemory.MAP_SHARED, fd, 0, path.toString());
            final MappedFile mapped = new MappedFile(address, bytes);
            try {
                DirectoryWalk.require(calls.rename(directory.fd(), fresh, name), "rename", path);
            } catch (final LibcException e) {
                mapped.close();
                throw e;
            }
            return mapped;
        } catch (final LibcException e) {
            calls.remove(directory.fd(), fresh);
            throw e;
        } finally {
            calls.close(fd);
        }
    }

    /**
     * Maps a file that is there already, with what is in it.
     *
     * @param uid the user that it has to belong to
     * @return null when there is none of that name, or it is not a regular file with one name, of that user and of
     *     exactly that many bytes, that nobody else may write to: it is left as it is
     * @throws LibcException with the path: what open(2) and mmap(2) have
     */
    public static MappedFile open(final HeldDirectory directory, final String name, final long bytes, final int uid) {
        final FileCalls calls = directory.calls();
        final Path path = directory.path().resolve(name);
        final int fd = calls.open(directory.fd(), name, FileCalls.O_RDWR | Libc.O_NONBLOCK, 0);
        if (fd == -Errno.ENOENT || fd == -Errno.ELOOP || fd == -Errno.EISDIR) {
            return null;
        }
        DirectoryWalk.require(fd, "open", path);
        try {
            final FileStatus status = new FileStatus();
            DirectoryWalk.require(calls.status(fd, status), "statx", path);
            if (!status.isRegular()
                    || status.links() != 1
                    || status.uid() != uid
                    || (status.permissions() & OTHERS_WRITE) != 0
                    || status.size() != bytes) {
                return null;
            }
            final int protection = LibcMemory.PROT_READ | LibcMemory.PROT_WRITE;
            return new MappedFile(
                    LibcMemory.mmap(bytes, protection, LibcMemory.MAP_SHARED, fd, 0, path.toString()), bytes);
        } finally {
            calls.close(fd);
        }
    }

    /** Where the file system knows no fallocate(2), each byte is written. */
    private static void allocate(final FileCalls calls, final int fd, final long bytes, final Path path) {
        final int allocated = calls.allocate(fd, bytes);
        if (allocated != -Errno.EOPNOTSUPP && allocated != -Errno.ENOSYS) {
            DirectoryWalk.require(allocated, "fallocate", path);
            return;
        }
        final MemorySegment zeros = java.lang.foreign.Arena.ofAuto().allocate(ZEROS_BYTES);
        long written = 0;
        while (written < bytes) {
            final long more = calls.write(fd, zeros.address(), Math.min(ZEROS_BYTES, bytes - written), written);
            // A write of nothing would never end.
            DirectoryWalk.require((int) (more == 0 ? -Errno.ENOSPC : more), "write", path);
            written += more;
        }
    }

    /** Of the first byte. */
    public long address() {
        return address;
    }

    public long bytes() {
        return bytes;
    }

    /** Unmaps; the file stays. Nothing of it may be touched after. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            LibcMemory.munmap(address, bytes);
        }
    }
}
