package org.portolan.control.history.retain;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectReader;
import org.portolan.control.history.boundary.Shallow;
import org.portolan.control.history.pack.IdSet;
import org.portolan.control.history.pack.PackedReader;
import org.portolan.control.history.pack.PackedSet;
import org.portolan.control.history.pack.Pause;
import org.portolan.control.history.pack.RawCommit;

/**
 * Writes what lives in some packs into new ones, none larger than fits into memory: one, or several in the order of the
 * commits' times. A pack may be huge, such as a person's {@code git gc} makes.
 */
final class Rescue {
    /** A change is seven objects; the first part has the whole table besides. */
    private static final int OBJECTS_A_COMMIT = 8;

    private final PackShelf shelf;
    private final PackedSet live;
    private final int mostObjects;
    private final Pause pause;
    private final PackMerge merge;
    private final Set<String> made = new HashSet<>();

    Rescue(final PackShelf shelf, final PackedSet live, final int mostObjects, final Pause pause) throws IOException {
        this.shelf = shelf;
        this.live = live;
        this.mostObjects = mostObjects;
        this.pause = pause;
        merge = new PackMerge(shelf.git(), live, Shallow.read(shelf.git()), pause);
    }

    /**
     * Nothing is chosen in the set when it returns: all of it is in packs that stay.
     *
     * @param dying the packs of the set
     * @return the names of the packs that were written: one of the set itself, when all that lives is what that one has
     */
    Set<String> run(final Collection<PackShelf.Shelved> dying) throws IOException {
        if (live.size() == 0) {
            return Set.of();
        }
        // By name: a pack's file time changes when git finds in it what it was about to write.
        final Set<String> names = dying.stream().map(PackShelf.Shelved::name).collect(Collectors.toSet());
        for (final PackShelf.Shelved pack : shelf.live()) {
            if (!names.contains(pack.name())) {
                written(shelf.file(pack.name()));
            }
        }
        if (live.size() > mostObjects) {
            byTime();
        }
        while (live.size() > mostObjects) {
            piece();
        }
        if (live.size() > 0) {
            made(merge.merge());
        }
        return Set.copyOf(made);
    }

    private void made(final PackMerge.Written pack) throws IOException {
        made.add(pack.file().getFileName().toString().replaceFirst("\\.pack$", ""));
        written(pack.file());
    }

    /** What is in another pack need not be written. */
    private void written(final Path file) throws IOException {
        live.removeAll(file, pause);
    }

    /** So many commits at once, and what they lead to. */
    private void byTime() throws IOException {
        final long[] byTime = commits();
        final int most = Math.max(1, mostObjects / OBJECTS_A_COMMIT);
        for (final long commit : byTime) {
            live.remove((int) commit);
        }
        for (int begin = 0; begin < byTime.length; begin += most) {
            final int[] part = Arrays.stream(byTime, begin, Math.min(byTime.length, begin + most))
                    .mapToInt(commit -> (int) commit)
                    .toArray();
            for (final int commit : part) {
                live.add(commit);
            }
            made(merge.merge(live, visitor -> {
                for (final int commit : part) {
                    visitor.visit(live.id(commit), Constants.OBJ_COMMIT);
                }
            }));
        }
    }

    /** Time in the upper half, number in the lower. */
    private long[] commits() throws IOException {
        final IntStream.Builder numbers = IntStream.builder();
        live.forEach(pause, (number, id) -> {
            if (live.type(number) == Constants.OBJ_COMMIT) {
                numbers.add(number);
            }
        });
        final long[] commits = numbers.build().asLongStream().toArray();
        try (ObjectReader reader = new PackedReader(shelf.git())) {
            for (int i = 0; i < commits.length; i++) {
                commits[i] |= RawCommit.read(reader, live.id((int) commits[i])).timeS() << Integer.SIZE;
                pause.pause();
            }
        }
        Arrays.sort(commits);
        return commits;
    }

    /** Of what no commit led to. */
    private void piece() throws IOException {
        final IdSet piece = new IdSet();
        live.forEach(pause, (number, id) -> {
            if (piece.size() < mostObjects) {
                piece.add(id);
            }
        });
        made(merge.merge(
                piece,
                visitor -> live.forEach(pause, (number, id) -> {
                    if (piece.contains(id)) {
                        visitor.visit(id, live.type(number));
                    }
                })));
    }
}
