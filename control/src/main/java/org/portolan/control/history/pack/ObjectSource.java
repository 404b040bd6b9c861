package org.portolan.control.history.pack;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;

/**
 * A repository's objects while others write it and replace its packs: out of the packs that were there when this was
 * opened, and what is not plainly there by JGit. One thread.
 */
public final class ObjectSource implements AutoCloseable {
    private final Repository git;
    private final PackReader packs;
    private ObjectReader reader;

    public ObjectSource(final Repository git) {
        this.git = git;
        packs = PackReader.of(git);
        reader = git.newObjectReader();
    }

    /** Where an object is, so that many can be read in the order of the disk: {@link PackReader#find}. */
    public long place(final AnyObjectId id) {
        return packs.find(id);
    }

    /** The same without a place. */
    public byte[] read(final AnyObjectId id, final int type, final int mostBytes) throws IOException {
        return read(id, packs.find(id), type, mostBytes);
    }

    /**
     * The object, which is not to be changed; the beginning of it when it is longer.
     *
     * @param place what {@link #place} said of it
     * @param type {@link Constants#OBJ_BLOB} and the like
     * @throws MissingObjectException when it is not there, looked for twice
     * @throws IOException when it is of another type, or damaged
     */
    public byte[] read(final AnyObjectId id, final long place, final int type, final int mostBytes) throws IOException {
        final byte[] packed = place < 0 ? null : packs.read(place, type, mostBytes);
        if (packed != null) {
            return packed;
        }
        try {
            return readByJgit(id, type, mostBytes);
        } catch (final MissingObjectException e) {
            // The pack it was in is gone; a reader that never saw that one finds it in the next.
            reader.close();
            reader = git.newObjectReader();
        }
        return readByJgit(id, type, mostBytes);
    }

    private byte[] readByJgit(final AnyObjectId id, final int type, final int mostBytes) throws IOException {
        try {
            final byte[] bytes = bytes(reader.open(id, type), mostBytes);
            return bytes.length <= mostBytes ? bytes : Arrays.copyOf(bytes, mostBytes);
        } catch (final RuntimeException e) {
            // JGit believes some numbers in a pack: NegativeArraySizeException and the like.
            throw new IOException("the object %s is damaged".formatted(id.name()), e);
        }
    }

    private static byte[] bytes(final ObjectLoader loader, final int mostBytes) throws IOException {
        try {
            return loader.getCachedBytes(mostBytes);
        } catch (final LargeObjectException e) {
            try (InputStream stream = loader.openStream()) {
                return stream.readNBytes(mostBytes);
            }
        }
    }

    @Override
    public void close() {
        packs.close();
        reader.close();
    }
}
