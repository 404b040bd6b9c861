package org.portolan.control.history.pack;

import java.io.IOException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;

/**
 * A reader for JGit's walks that opens objects out of the packs by itself, and what is not plainly there by JGit's own
 * reader. So a walk through old commits does not bring the indexes of all packs into the heap. When others have
 * replaced the packs, it looks at those that are there now.
 */
public final class PackedReader extends ObjectReader.Filter {
    private final Repository git;
    private final ObjectReader reader;
    /** Of what is being written and in no pack yet; null when nothing is. */
    private final ObjectReader unwritten;

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
    protected ObjectReader delegate() {
        return reader;
    }

    @Override
    public ObjectReader newReader() {
        return new PackedReader(git, unwritten == null ? null : unwritten.newReader());
    }

    @Override
    public boolean has(final AnyObjectId id) throws IOException {
        return unwritten != null && unwritten.has(id) || reader.has(id);
    }

    @Override
    public ObjectLoader open(final AnyObjectId id) throws IOException {
        return open(id, OBJ_ANY);
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
        if (packs == null) {
            packs = PackReader.of(git);
        }
        final long place = packs.find(id);
        return place < 0 ? null : packs.open(place);
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
        if (!packs.isAllOf(git)) {
            packs.close();
            packs = null;
        }
        return found;
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
