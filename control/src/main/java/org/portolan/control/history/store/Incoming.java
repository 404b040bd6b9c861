package org.portolan.control.history.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;

/** Objects that lie beside the repository and come in with a batch, when it is finished and not before. */
public interface Incoming {
    /** Reads these objects and no others. To be closed by the batch. */
    ObjectReader newReader();

    /** Commits without their parents, as the repository has them once the objects are there. */
    Set<ObjectId> boundary();

    /** Called before the packs come in. */
    void prepare() throws IOException;

    /** On the same file system, each with its index beside it. */
    List<Path> packs();
}
