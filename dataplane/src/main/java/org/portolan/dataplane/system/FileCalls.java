package org.portolan.dataplane.system;

/**
 * The calls on files that are made by descriptor, so that no name is looked up twice. Each returns its result or the
 * negated errno, throws nothing, and is made again after EINTR. A test puts calls of its own in the kernel's place.
 */
public interface FileCalls {
    /** open(2)'s flags for a file that must not be a symbolic link. */
    int O_RDWR = 2;

    int O_CREAT = 0x40;
    int O_EXCL = 0x80;
    int O_CLOEXEC = Libc.O_CLOEXEC;

    /** The kernel's. */
    FileCalls KERNEL = new LibcFile();

    /** openat(2) with AT_FDCWD. */
    int CURRENT_DIRECTORY = -100;

    /**
     * A descriptor of a directory, of a file, or of a symbolic link itself, good for {@link #status}, as the directory
     * of the other calls, and for nothing else: openat(2) with O_PATH, O_NOFOLLOW.
     */
    int look(int directory, String name);

    /** A descriptor: openat(2). O_NOFOLLOW and O_CLOEXEC are added. ELOOP when the name is a symbolic link. */
    int open(int directory, String name, int flags, int mode);

    /** 0: statx(2) of an open file. */
    int status(int fd, FileStatus status);

    /** How many bytes the target of a symbolic link has, which are at {@code address} then: readlinkat(2). */
    int target(int fd, long address, int most);

    /** 0: mkdirat(2). */
    int makeDirectory(int directory, String name, int mode);

    /** 0: fchown(2). */
    int changeOwner(int fd, int uid, int gid);

    /** 0: fchmod(2). */
    int changeMode(int fd, int mode);

    /** 0: fchmodat(2), for what cannot be opened. EOPNOTSUPP when the name is a symbolic link. */
    int changeMode(int directory, String name, int mode);

    /** 0, and the file has that many bytes, each of which the disk has a place for: fallocate(2). */
    int allocate(int fd, long bytes);

    /** How many bytes were written, which may be fewer: pwrite(2). */
    long write(int fd, long address, long bytes, long offset);

    /** 0: renameat(2) within a directory, over what has the new name. */
    int rename(int directory, String from, String to);

    /** 0: unlinkat(2) of a file. */
    int remove(int directory, String name);

    /** Errors are of no use to a caller. */
    void close(int fd);
}
