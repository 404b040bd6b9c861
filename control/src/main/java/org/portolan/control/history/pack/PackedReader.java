package org.portolan.control.history.pack;

import java.io.IOException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;

/**
 * A reader for JGit's walks that opens objects out of the packs by itself, and what is not plainly there by JGit's own
 * reader. So a walk through old commits does not bring the indexes of all packs into the heap.
 */
public final class PackedReader extends ObjectReader.Filter {
    private final Repository git;
    private final ObjectReader reader;
    private PackReader packs;

    public PackedReader(final Repository git) {
        this(git, git.newObjectReader());
    }

    /** @param reader of the same repository; closed with this one */
    public PackedReader(final Repository git, final ObjectReader reader) {
        this.git = git;
        this.reader = reader;
    }

    @Override
    protected ObjectReader delegate() {
        return reader;
    }

    @Override
    public ObjectReader newReader() {
        return new PackedReader(git, reader.newReader());
    }

    @Override
    public ObjectLoader open(final AnyObjectId id) throws IOException {
        return open(id, OBJ_ANY);
    }

    @Override
    public ObjectLoader open(final AnyObjectId id, final int type) throws IOException {
        if (packs == null) {
            packs = PackReader.of(git);
        }
        final long place = packs.find(id);
        final ObjectLoader found = place < 0 ? null : packs.open(place);
        if (found == null) {
            return reader.open(id, type);
        }
        if (type != OBJ_ANY && type != found.getType()) {
            throw new IncorrectObjectTypeException(id.copy(), type);
        }
        return found;
    }

    @Override
    public void close() {
        if (packs != null) {
            packs.close();
        }
        reader.close();
    }
}
