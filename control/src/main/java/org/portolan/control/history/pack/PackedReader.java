package org.portolan.control.history.pack;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.AbbreviatedObjectId;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;

/**
 * A repository's objects while others write it and replace its packs: out of the packs, and what is not plainly there
 * by JGit's own reader. For JGit's walks and its PackWriter too: so neither old commits nor packs that are merged bring
 * the indexes of all packs into the heap. When others have replaced the packs, it looks at those that are there now.
 * One thread.
 */
public final class PackedReader extends ObjectReader {
    private final Repository git;
    private ObjectReader reader;
    /** Of what is being written and in no pack yet; null when nothing is. */
    private final ObjectReader unwritten;

    /** Places were given out: they are of these packs. */
    private boolean isPlaced;

    private PackReader packs;

    public PackedReader(final Repository git) {
        this(git, null);
    }

    /** @param unwritten reads what is being written; closed with this one */
    public PackedReader(final Repository git, final ObjectReader unwritten) {
        this.git = git;
        this.unwritten = unwritten;
        reader = git.newObjectReader();
    }

    @Override
    public ObjectReader newReader() {
        return new PackedReader(git, unwritten == null ? null : unwritten.newReader());
    }

    @Override
    public ObjectLoader open(final AnyObjectId id, final int type) throws IOException {
        final ObjectLoader found = packed(id);
        if (found == null) {
            return unwritten(id, type);
        }
        if (type != OBJ_ANY && type != found.getType()) {
            throw new IncorrectObjectTypeException(id.copy(), type);
        }
        return found;
    }

    private ObjectLoader packed(final AnyObjectId id) {
        final long place = packs().find(id);
        return place < 0 ? null : packs().open(place);
    }

    private ObjectLoader unwritten(final AnyObjectId id, final int type) throws IOException {
        if (unwritten != null) {
            try {
                return unwritten.open(id, type);
            } catch (final MissingObjectException e) {
                // It is in a pack that came later.
                return later(id, type);
            }
        }
        return later(id, type);
    }

    /** JGit looks at the directory again; what it found there is read from here on. */
    private ObjectLoader later(final AnyObjectId id, final int type) throws IOException {
        final ObjectLoader found = reader.open(id, type);
        if (!isPlaced && !packs.isAllOf(git)) {
            packs.close();
            packs = null;
        }
        return found;
    }

    /** Where an object is, so that many can be read in the order of the disk: {@link PackReader#find}. */
    public long place(final AnyObjectId id) {
        isPlaced = true;
        return packs().find(id);
    }

    /** The same as below without a place. */
    public byte[] read(final AnyObjectId id, final int type, final int mostBytes) throws IOException {
        return read(id, place(id), type, mostBytes);
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
        final byte[] packed = place < 0 ? null : packs().read(place, type, mostBytes);
        if (packed != null) {
            return packed;
        }
        try {
            return readByJgit(id, type, mostBytes);
        } catch (final MissingObjectException e) {
            // The pack it was in is gone; a reader that never saw that one finds it in the next.
            final ObjectReader fresh = reader.newReader();
            reader.close();
            reader = fresh;
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
    public boolean has(final AnyObjectId id) throws IOException {
        return packs().find(id) >= 0 || unwritten != null && unwritten.has(id) || reader.has(id);
    }

    private PackReader packs() {
        if (packs == null) {
            packs = PackReader.of(git);
        }
        return packs;
    }

    @Override
    public Collection<ObjectId> resolve(final AbbreviatedObjectId id) throws IOException {
        return reader.resolve(id);
    }

    @Override
    public Set<ObjectId> getShallowCommits() throws IOException {
        return (unwritten == null ? reader : unwritten).getShallowCommits();
    }

    @Override
    public void close() {
        if (packs != null) {
            packs.close();
        }
        if (unwritten != null) {
            unwritten.close();
        }
        reader.close();
    }
}
