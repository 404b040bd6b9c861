package org.portolan.control.history.pack;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;

/**
 * What is in a pack: ids and types, by number in the order of the ids. Nothing is inflated: the headers say the type
 * alone (gitformat-pack), so half a million take well under a second. Nothing is held in the heap. One thread.
 */
final class PackEntries implements Closeable {
    /** stock git's own limit is 4,095; what is longer is a circle. */
    private static final int LONGEST_CHAIN = 1 << 16;

    private final Path pack;
    private final PackIndexFile index;
    private final Arena arena = Arena.ofShared();
    private final EntryHeader.Bytes source = this::byteAt;
    private final EntryHeader header = new EntryHeader();
    private MemorySegment bytes;

    /**
     * @param pack the file {@code .pack}, with its {@code .idx} beside it
     * @throws IOException also when its index is not of version 2
     */
    PackEntries(final Path pack) throws IOException {
        this.pack = pack;
        index = PackIndexFile.of(pack);
    }

    int count() {
        return index.count();
    }

    ObjectId id(final int entry) throws IOException {
        return index.id(entry);
    }

    /** The number of an object; -1 when it is not in there. */
    int find(final AnyObjectId id) throws IOException {
        return index.entry(id);
    }

    /** {@link Constants#OBJ_COMMIT} and the like: of a delta, the type of what it leads to. */
    int type(final int entry) throws IOException {
        try {
            map();
            long at = index.offset(entry);
            for (int length = 0; length < LONGEST_CHAIN; length++) {
                header.read(source, at);
                switch (header.type()) {
                    case Constants.OBJ_OFS_DELTA -> at = header.base();
                    case Constants.OBJ_REF_DELTA -> at = index.find(header.baseId());
                    default -> {
                        return header.type();
                    }
                }
            }
            throw damaged();
        } catch (final IndexOutOfBoundsException | CorruptObjectException e) {
            throw damaged();
        }
    }

    private void map() throws IOException {
        if (bytes == null) {
            try (FileChannel channel = FileChannel.open(pack, StandardOpenOption.READ)) {
                bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            }
        }
    }

    private int byteAt(final long offset) {
        return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, offset));
    }

    private IOException damaged() {
        return new IOException("%s is damaged: look with git fsck, put back a copy of a peer's".formatted(pack));
    }

    @Override
    public void close() throws IOException {
        arena.close();
        index.close();
    }
}
