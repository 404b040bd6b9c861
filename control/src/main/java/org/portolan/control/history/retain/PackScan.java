package org.portolan.control.history.retain;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.eclipse.jgit.internal.storage.file.PackIndex;
import org.eclipse.jgit.lib.Constants;
import org.portolan.control.history.pack.BadEntryException;
import org.portolan.control.history.pack.EntryHeader;

/**
 * Tells the type of a pack's entries by their headers alone (gitformat-pack): nothing is inflated, so half a million
 * take well under a second.
 */
final class PackScan implements AutoCloseable {
    /** stock git's own limit is 4,095; what is longer is a circle. */
    private static final int LONGEST_CHAIN = 1 << 16;

    private final Path pack;
    private final PackIndex index;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment bytes;
    private final EntryHeader.Bytes source = this::byteAt;
    private final EntryHeader header = new EntryHeader();

    PackScan(final Path pack, final PackIndex index) throws IOException {
        this.pack = pack;
        this.index = index;
        try (FileChannel channel = FileChannel.open(pack, StandardOpenOption.READ)) {
            bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (final IOException e) {
            arena.close();
            throw e;
        }
    }

    /** @return {@link Constants#OBJ_COMMIT} and the like: of a delta, the type of what it leads to */
    int type(final long offset) throws IOException {
        try {
            long at = offset;
            for (int length = 0; length < LONGEST_CHAIN; length++) {
                header.read(source, at);
                switch (header.type()) {
                    case Constants.OBJ_OFS_DELTA -> at = header.base();
                    case Constants.OBJ_REF_DELTA -> at = index.findOffset(header.baseId());
                    default -> {
                        return header.type();
                    }
                }
            }
            throw damaged();
        } catch (final IndexOutOfBoundsException | BadEntryException e) {
            throw damaged();
        }
    }

    private int byteAt(final long offset) {
        return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, offset));
    }

    private IOException damaged() {
        return new IOException("%s is damaged: look with git fsck, put back a copy of a peer's".formatted(pack));
    }

    @Override
    public void close() {
        arena.close();
    }
}
