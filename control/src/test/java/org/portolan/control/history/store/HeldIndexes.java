package org.portolan.control.history.store;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.internal.util.Optionally;

/** Of which packs JGit has the index in the heap, 28 bytes an object: it tells nobody, so its field is looked at. */
public final class HeldIndexes {
    private HeldIndexes() {}

    public static List<String> of(final FileRepository git) {
        try {
            final Field loaded = Pack.class.getDeclaredField("loadedIdx");
            loaded.setAccessible(true);
            final List<String> held = new ArrayList<>();
            for (final Pack pack : git.getObjectDatabase().getPacks()) {
                if (((Optionally<?>) loaded.get(pack)).getOptional().isPresent()) {
                    held.add(pack.getPackName());
                }
            }
            return held;
        } catch (final ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
