package org.portolan.control.history.retain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.pack.PackIndexFile;

/**
 * The indexes of some packs, read where they lie: JGit would hold them in the heap, 28 bytes an object, to tell whether
 * one pack holds what another one does.
 */
final class Indexes implements AutoCloseable {
    private final Map<String, PackIndexFile> files = new LinkedHashMap<>();

    Indexes(final PackShelf shelf, final Collection<String> names) {
        for (final String name : names) {
            try {
                files.put(name, new PackIndexFile(shelf.directory().resolve(name + ".idx")));
            } catch (final IOException e) {
                // Of version 1, damaged, or on its way out: it holds nothing, so nothing goes for its sake, nor does
                // it.
                continue;
            }
        }
    }

    /** Whether one pack holds all of another. */
    boolean holds(final String one, final String other) throws IOException {
        final PackIndexFile held = files.get(other);
        return held != null && files.containsKey(one) && holdAll(List.of(files.get(one)), held);
    }

    /** Whether each object of a pack is in some other one. */
    boolean othersHold(final String name) throws IOException {
        final List<PackIndexFile> others = new ArrayList<>(files.values());
        others.remove(files.get(name));
        return files.containsKey(name) && holdAll(others, files.get(name));
    }

    private static boolean holdAll(final List<PackIndexFile> files, final PackIndexFile held) throws IOException {
        int last = 0;
        for (int entry = 0; entry < held.count(); entry++) {
            last = holder(files, held.id(entry), last);
            if (last < 0) {
                return false;
            }
        }
        return true;
    }

    /** Begins with the one that held the object before: mostly it is that one. */
    private static int holder(final List<PackIndexFile> files, final ObjectId id, final int first) throws IOException {
        for (int i = 0; i < files.size(); i++) {
            final int at = (first + i) % files.size();
            if (files.get(at).contains(id)) {
                return at;
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        for (final PackIndexFile file : files.values()) {
            file.close();
        }
    }
}
