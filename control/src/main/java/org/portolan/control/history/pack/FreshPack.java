package org.portolan.control.history.pack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;

/**
 * A pack that comes into a repository before anything refers to its objects. A file {@code .keep} beside it makes
 * {@code git gc} and {@code git repack} leave it alone until the refs have moved, as git itself does when it receives a
 * pack. Without it they delete the pack: nothing leads to its objects yet.
 *
 * <p>Its name is new each time. git lists the packs that it will replace when it begins, and deletes them by name when
 * it ends: under the name of an unused pack of the same content, a fresh one would be deleted with it.
 */
public final class FreshPack {
    /** What the file says, and how a later run knows it for ours. */
    static final String KEPT_BY = "portolan: until its commits are referred to\n";

    private static final String KEEP = ".keep";

    private final String name;
    private final Path keep;

    private FreshPack(final String name, final Path keep) {
        this.name = name;
        this.keep = keep;
    }

    /** Without extension. */
    public String name() {
        return name;
    }

    /**
     * Moves a pack and its index into a repository. Both are on the disk when it returns, and JGit knows the pack.
     *
     * @param pack on the same file system, with its {@code .idx} beside it
     * @throws IOException when it could not be moved; no pack is there then
     */
    public static FreshPack place(final ObjectDirectory to, final Path pack) throws IOException {
        final Path index = index(pack);
        Durable.sync(pack);
        Durable.sync(index);
        final Path directory = to.getPackDirectory().toPath();
        Files.createDirectories(directory);
        final String name = "pack-" + anyName();
        final Path placed = directory.resolve(name + ".pack");
        final Path placedIndex = directory.resolve(name + ".idx");
        final FreshPack fresh = new FreshPack(name, directory.resolve(name + KEEP));
        try {
            Files.writeString(fresh.keep, KEPT_BY, StandardCharsets.US_ASCII, StandardOpenOption.CREATE_NEW);
            Durable.sync(fresh.keep);
            Files.move(pack, placed, StandardCopyOption.ATOMIC_MOVE);
            // The index comes last: by it git knows the pack.
            Files.move(index, placedIndex, StandardCopyOption.ATOMIC_MOVE);
            Durable.sync(directory);
            to.openPack(placed.toFile());
            return fresh;
        } catch (final IOException e) {
            Files.deleteIfExists(placedIndex);
            Files.deleteIfExists(placed);
            fresh.release();
            throw e;
        }
    }

    /** What a pack and its index take on the disk, wherever they lie. */
    public static long bytes(final Path pack) throws IOException {
        return Files.size(pack) + Files.size(index(pack));
    }

    private static Path index(final Path pack) {
        return pack.resolveSibling(pack.getFileName().toString().replaceFirst("\\.pack$", ".idx"));
    }

    private static String anyName() {
        final byte[] name = new byte[Constants.OBJECT_ID_LENGTH];
        ThreadLocalRandom.current().nextBytes(name);
        return ObjectId.fromRaw(name).name();
    }

    /** From now on it is a pack like any other: its commits are referred to, or nobody wants them. */
    public void release() throws IOException {
        Files.deleteIfExists(keep);
    }

    /** Releases what a killed writer left. A file {@code .keep} that somebody else made stays. */
    public static void sweep(final Path packDirectory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(packDirectory, "pack-*" + KEEP)) {
            for (final Path file : files) {
                if (isOurs(file)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** A crash may have cut it before it was on the disk; its pack had not come then. */
    private static boolean isOurs(final Path keep) throws IOException {
        if (Files.size(keep) > KEPT_BY.length()) {
            return false;
        }
        final String text = Files.readString(keep, StandardCharsets.ISO_8859_1);
        final Path pack = keep.resolveSibling(keep.getFileName().toString().replaceFirst(KEEP + "$", ".pack"));
        return text.equals(KEPT_BY) || KEPT_BY.startsWith(text) && Files.notExists(pack);
    }
}
