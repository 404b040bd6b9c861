package org.portolan.control.history.store;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jgit.errors.RepositoryNotFoundException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.util.FileUtils;
import org.portolan.control.history.pack.Durable;
import org.portolan.control.log.FileFailure;

/** The files of a history: making them, telling what they are, and getting them onto the disk. */
final class RepositoryFiles {
    /** There while a repository is being made; a crash leaves it, and the next start makes the rest. */
    private static final String UNFINISHED = "portolan.unfinished";

    private static final String LOCK = "portolan.lock";
    private static final int BARE_FORMAT = 0;

    private RepositoryFiles() {}

    /**
     * The directory is there afterwards: a repository, or marked as one to be made.
     *
     * @throws HistoryException when it can be neither
     */
    static void prepare(final Path path) throws IOException {
        try {
            if (Files.exists(path) && !Files.isDirectory(path)) {
                throw new HistoryException("%s is not a directory: history.path must name one".formatted(path));
            }
            Files.createDirectories(path);
            if (isEmpty(path)) {
                Files.createFile(path.resolve(UNFINISHED));
            }
        } catch (final HistoryException e) {
            throw e;
        } catch (final FileSystemException e) {
            final String remedy = e instanceof AccessDeniedException
                    ? "; make it, and give it to the user that the router runs as"
                    : "";
            throw new HistoryException(
                    "the history's directory %s cannot be %s: %s%s"
                            .formatted(path, Files.exists(path) ? "used" : "made", FileFailure.reason(e), remedy),
                    e);
        }
    }

    private static boolean isEmpty(final Path path) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            return !files.iterator().hasNext();
        }
    }

    /**
     * @return null when the file system is read-only: then nobody else writes there either
     * @throws HistoryException when it is somebody else's
     */
    static RepositoryLock lock(final Path path) throws IOException {
        if (!isUnfinished(path) && !looksLikeGit(path)) {
            throw new HistoryException(
                    "%s is not empty and not a bare git repository: name an empty or absent directory in history.path"
                            .formatted(path));
        }
        try {
            return RepositoryLock.take(path);
        } catch (final AccessDeniedException e) {
            throw new HistoryException(
                    "%s belongs to another user: give it to the user that the router runs as (chown -R), or name another directory"
                            .formatted(path),
                    e);
        } catch (final FileSystemException e) {
            if (Files.getFileStore(path).isReadOnly()) {
                return null;
            }
            throw new HistoryException("%s cannot be locked: %s".formatted(path, FileFailure.reason(e)), e);
        }
    }

    static boolean isUnfinished(final Path path) {
        return Files.exists(path.resolve(UNFINISHED));
    }

    private static boolean looksLikeGit(final Path path) {
        return Files.isRegularFile(path.resolve(Constants.HEAD))
                && Files.isDirectory(path.resolve(Constants.OBJECTS))
                && Files.isDirectory(path.resolve("refs"));
    }

    static FileRepository open(final Path path) throws IOException {
        try {
            final FileRepository git = (FileRepository) new FileRepositoryBuilder()
                    .setGitDir(path.toFile())
                    .setBare()
                    .setMustExist(true)
                    .build();
            if (!git.getRefDatabase().getClass().getSimpleName().equals("RefDirectory")) {
                git.close();
                throw new HistoryException(
                        "%s does not keep its refs in files: name another directory".formatted(path));
            }
            return git;
        } catch (final RepositoryNotFoundException e) {
            throw new HistoryException("%s is not a bare git repository: name another directory".formatted(path), e);
        } catch (final IllegalArgumentException e) {
            throw new HistoryException("%s cannot be opened: %s".formatted(path, e.getMessage()), e);
        }
    }

    /** Begins again where a crash left half of it: what is there was made here and holds nothing yet. */
    static FileRepository create(final Path path) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (final Path file : files) {
                final String name = file.getFileName().toString();
                if (!name.equals(UNFINISHED) && !name.equals(LOCK)) {
                    FileUtils.delete(file.toFile(), FileUtils.RECURSIVE | FileUtils.RETRY);
                }
            }
        }
        final FileRepository git = (FileRepository)
                new FileRepositoryBuilder().setGitDir(path.toFile()).setBare().build();
        git.create(true);
        configure(git.getConfig());
        final RefUpdate head = git.updateRef(Constants.HEAD);
        head.disableRefLog();
        head.link(HistoryRepository.PRIMARY);
        Files.writeString(path.resolve("description"), "Portolan: every ARP binding this router ever saw\n");
        return git;
    }

    private static void configure(final StoredConfig config) throws IOException {
        config.setInt("core", null, "repositoryformatversion", BARE_FORMAT);
        config.setBoolean("core", null, "bare", true);
        config.setBoolean("core", null, "logallrefupdates", false);
        config.setBoolean("core", null, "fsyncreffiles", true);
        // A person's git must not repack under the router: it packs by itself.
        config.setInt("gc", null, "auto", 0);
        config.setString("receive", null, "denyCurrentBranch", "refuse");
        config.save();
    }

    static void finished(final Path path) throws IOException {
        for (final String file : new String[] {Constants.HEAD, Constants.CONFIG}) {
            Durable.sync(path.resolve(file));
        }
        Durable.sync(path);
        Files.delete(path.resolve(UNFINISHED));
        Durable.sync(path);
    }
}
