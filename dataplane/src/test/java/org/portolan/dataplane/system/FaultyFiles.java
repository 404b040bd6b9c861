package org.portolan.dataplane.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The kernel's files, of which one call fails, or all of them are slow, as a test wants it. */
public final class FaultyFiles implements FileCalls {
    private final FileCalls kernel = FileCalls.KERNEL;
    private final Map<String, Integer> faults = new HashMap<>();
    private final List<Integer> open = new ArrayList<>();
    private long mostWritten = Long.MAX_VALUE;
    private Object otherInode;
    private UnaryOperator<int[]> otherStatus = UnaryOperator.identity();
    private Runnable before = () -> {};
    private String beforeCall = "";

    /** From now on that call fails with that errno. */
    public FaultyFiles fail(final String call, final int errno) {
        faults.put(call, -errno);
        return this;
    }

    /** A write takes that many bytes at most. */
    FaultyFiles writeAtMost(final long bytes) {
        mostWritten = bytes;
        return this;
    }

    /** What another process does just before that call, once. */
    FaultyFiles before(final String call, final Runnable action) {
        beforeCall = call;
        before = action;
        return this;
    }

    /** That file seems to have another mode, owner, group or number of names, in this order. */
    FaultyFiles show(final Path file, final UnaryOperator<int[]> status) throws IOException {
        otherInode = Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
        otherStatus = status;
        return this;
    }

    private boolean isOther(final int fd) {
        try {
            return otherInode != null
                    && otherInode.equals(Files.getAttribute(Path.of("/proc/self/fd/" + fd), "unix:ino"));
        } catch (final IOException e) {
            return false;
        }
    }

    /** How many descriptors were opened and not closed. */
    public int leaked() {
        return open.size();
    }

    private int fault(final String call) {
        if (call.equals(beforeCall)) {
            beforeCall = "";
            before.run();
        }
        return faults.getOrDefault(call, 0);
    }

    private int opened(final int fd) {
        if (fd >= 0) {
            open.add(fd);
        }
        return fd;
    }

    @Override
    public int look(final int directory, final String name) {
        final int fault = fault("look");
        return fault != 0 ? fault : opened(kernel.look(directory, name));
    }

    @Override
    public int open(final int directory, final String name, final int flags, final int mode) {
        final int fault = fault("open");
        return fault != 0 ? fault : opened(kernel.open(directory, name, flags, mode));
    }

    @Override
    public int status(final int fd, final FileStatus status) {
        final int fault = fault("statx");
        if (fault != 0) {
            return fault;
        }
        final int result = kernel.status(fd, status);
        if (result == 0 && isOther(fd)) {
            final int type = status.isSymbolicLink() ? 0xA000 : status.isDirectory() ? 0x4000 : 0x8000;
            final int[] shown = otherStatus.apply(
                    new int[] {type | status.permissions(), status.uid(), status.gid(), status.links()});
            status.set(shown[0], shown[1], shown[2], shown[3], status.size());
        }
        return result;
    }

    @Override
    public int target(final int fd, final long address, final int most) {
        final int fault = fault("readlink");
        return fault != 0 ? fault : kernel.target(fd, address, most);
    }

    @Override
    public int makeDirectory(final int directory, final String name, final int mode) {
        final int fault = fault("mkdir");
        return fault != 0 ? fault : kernel.makeDirectory(directory, name, mode);
    }

    @Override
    public int changeOwner(final int fd, final int uid, final int gid) {
        final int fault = fault("fchown");
        return fault != 0 ? fault : kernel.changeOwner(fd, uid, gid);
    }

    @Override
    public int changeMode(final int fd, final int mode) {
        final int fault = fault("fchmod");
        return fault != 0 ? fault : kernel.changeMode(fd, mode);
    }

    @Override
    public int changeMode(final int directory, final String name, final int mode) {
        final int fault = fault("fchmodat");
        return fault != 0 ? fault : kernel.changeMode(directory, name, mode);
    }

    @Override
    public int allocate(final int fd, final long bytes) {
        final int fault = fault("fallocate");
        return fault != 0 ? fault : kernel.allocate(fd, bytes);
    }

    @Override
    public long write(final int fd, final long address, final long bytes, final long offset) {
        final int fault = fault("write");
        return fault != 0 ? fault : kernel.write(fd, address, Math.min(bytes, mostWritten), offset);
    }

    @Override
    public int rename(final int directory, final String from, final String to) {
        final int fault = fault("rename");
        return fault != 0 ? fault : kernel.rename(directory, from, to);
    }

    @Override
    public int remove(final int directory, final String name) {
        final int fault = fault("unlink");
        return fault != 0 ? fault : kernel.remove(directory, name);
    }

    @Override
    public void close(final int fd) {
        open.remove((Integer) fd);
        kernel.close(fd);
    }
}
