package org.portolan.bench.e2e;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.portolan.bench.lab.Command;

/** What becomes of a history on a bad disk or in strangers' hands, and repositories that never were one. */
final class SpoiledHistory {
    private static final String PACKS = "objects/pack";

    private SpoiledHistory() {}

    static void copy(final Path from, final Path to) {
        Command.run("cp", "-a", from.toString(), to.toString());
    }

    private static List<Path> files(final Path directory, final String names) throws IOException {
        final List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, names)) {
            files.forEach(found::add);
        }
        return found;
    }

    /** Every pack ends in its middle. */
    static void truncate(final Path repository) throws IOException {
        for (final Path pack : files(repository.resolve(PACKS), "*.pack")) {
            try (RandomAccessFile file = new RandomAccessFile(pack.toFile(), "rw")) {
                file.setLength(file.length() / 2);
            }
        }
    }

    /** Every pack has zeros in its middle. */
    static void blank(final Path repository) throws IOException {
        for (final Path pack : files(repository.resolve(PACKS), "*.pack")) {
            try (RandomAccessFile file = new RandomAccessFile(pack.toFile(), "rw")) {
                file.seek(file.length() / 4);
                file.write(new byte[(int) file.length() / 2]);
            }
        }
    }

    /** No pack is there. */
    static void empty(final Path repository) throws IOException {
        for (final Path file : files(repository.resolve(PACKS), "*")) {
            Files.delete(file);
        }
    }

    /**
     * One object is not there, and the others lie loose.
     *
     * @param name as git takes it: {@code primary~1}, {@code primary:portolan}
     */
    static void remove(final Path repository, final String name) throws IOException {
        final String id = new LiveGit(repository).run("rev-parse", name);
        final Path packs = repository.resolve(PACKS);
        final Path aside = Files.move(packs, repository.resolveSibling(repository.getFileName() + "-packs"));
        Files.createDirectory(packs);
        for (final Path pack : files(aside, "*.pack")) {
            Command.run("sh", "-c", "git -C '%s' unpack-objects -q < '%s'".formatted(repository, pack));
        }
        Files.delete(repository.resolve("objects/" + id.substring(0, 2) + "/" + id.substring(2)));
    }

    /** Somebody committed another text of one file. */
    static void edit(final Path repository, final String file, final String text) throws IOException {
        final Path work = repository.resolveSibling(repository.getFileName() + "-work");
        Command.run("git", "clone", "-q", repository.toString(), work.toString());
        commit(work, file, text);
        new LiveGit(work).run("push", "-q", "origin", "primary");
    }

    /** A work tree of somebody's, with one letter in it. */
    static void write(final Path work, final String branch) throws IOException {
        Command.run("git", "init", "-q", "-b", branch, work.toString());
        commit(work, "letter.txt", "dear\n");
    }

    /** The same as a bare repository. */
    static void writeBare(final Path repository, final String branch) throws IOException {
        final Path work = repository.resolveSibling(repository.getFileName() + "-letters");
        write(work, branch);
        Command.run("git", "clone", "-q", "--bare", work.toString(), repository.toString());
    }

    private static void commit(final Path work, final String file, final String text) throws IOException {
        Files.writeString(work.resolve(file), text);
        final LiveGit git = new LiveGit(work);
        git.run("add", ".");
        git.run("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "mine");
    }
}
