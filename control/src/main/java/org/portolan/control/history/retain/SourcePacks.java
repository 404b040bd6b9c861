package org.portolan.control.history.retain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.FileUtils;
import org.portolan.control.history.pack.PackedReader;

/**
 * Some packs of a repository for JGit's PackWriter, which looks for each object in all the packs that it is shown, and
 * reads their indexes for that: of a year, 143 MB of heap. Here it sees those that are merged, in a directory of links;
 * what else is read on the way is read by {@link PackedReader}.
 */
final class SourcePacks implements AutoCloseable {
    /** In the repository, where git does not look. What a crash leaves there goes with the next merge. */
    private static final String DIRECTORY = "merging";

    private final FileRepository git;
    private final Path place;
    private final ObjectDirectory objects;

    SourcePacks(final FileRepository git, final Collection<Pack> packs) throws IOException {
        this.git = git;
        place = git.getDirectory().toPath().resolve(DIRECTORY);
        delete();
        final Path links = Files.createDirectories(place.resolve("pack"));
        for (final Pack pack : packs) {
            for (final String extension : List.of(".pack", ".idx")) {
                final String name = PackShelf.name(pack) + extension;
                final Path file = pack.getPackFile().toPath().resolveSibling(name);
                Files.createSymbolicLink(links.resolve(name), file.toAbsolutePath());
            }
        }
        objects = new ObjectDirectory(new Config(), place.toFile(), null, FS.DETECTED, null);
    }

    Collection<Pack> packs() {
        return objects.getPacks();
    }

    /** Reads all of the repository, and offers what is in these packs to be copied. */
    ObjectReader newReader() {
        return new CopyingReader(new PackedReader(git), objects.newReader());
    }

    private void delete() throws IOException {
        FileUtils.delete(place.toFile(), FileUtils.RECURSIVE | FileUtils.SKIP_MISSING);
    }

    @Override
    public void close() throws IOException {
        objects.close();
        delete();
    }
}
