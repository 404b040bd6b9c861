package org.portolan.control.history.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.portolan.control.history.record.BindingKey;

/** What tells a history from any other repository: a file in the root of its tree that names the form of the rest. */
public final class Schema {
    static final String FILE = "portolan";

    private static final String PREFIX = "schema ";
    private static final String VERSION = "1";

    static final byte[] CONTENT = (PREFIX + VERSION + "\n").getBytes(StandardCharsets.US_ASCII);

    private static final int LONGEST_BYTES = 64;
    private static final String FOREIGN = "is a git repository, but no Portolan history";

    private Schema() {}

    /**
     * @param tree a commit's
     * @param place names the repository in the error, such as its path
     * @throws HistoryException when it is not a history's, or one of another version
     */
    public static void require(final ObjectReader reader, final ObjectId tree, final String place) throws IOException {
        final Optional<String> fault = fault(reader, tree);
        if (fault.isPresent()) {
            final String program = fault.get().equals(FOREIGN) ? "" : "use the program that wrote it, or ";
            throw new HistoryException("%s %s: %sname another directory".formatted(place, fault.get(), program));
        }
    }

    /** What is wrong with a commit's tree if it is not a history's, as what follows the name of the repository. */
    public static Optional<String> fault(final ObjectReader reader, final ObjectId tree) throws IOException {
        final List<TreeEntry> root;
        try {
            root = TreeEntry.list(reader.open(tree, Constants.OBJ_TREE).getCachedBytes());
        } catch (final HistoryException e) {
            return Optional.of(FOREIGN);
        }
        final Optional<String> version = version(reader, root);
        if (version.isPresent() && !version.get().equals(VERSION)) {
            return Optional.of("has schema version %s, and this program reads %s".formatted(version.get(), VERSION));
        }
        final boolean isOurs = version.isPresent()
                && root.stream()
                        .allMatch(each -> each.name().equals(FILE)
                                || each.isTree() && each.name().equals(BindingKey.ROOT));
        return isOurs ? Optional.empty() : Optional.of(FOREIGN);
    }

    private static Optional<String> version(final ObjectReader reader, final List<TreeEntry> root) throws IOException {
        for (final TreeEntry entry : root) {
            if (entry.name().equals(FILE) && !entry.isTree()) {
                return version(reader, entry.id());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> version(final ObjectReader reader, final ObjectId blob) throws IOException {
        try {
            final byte[] bytes = reader.open(blob, Constants.OBJ_BLOB).getCachedBytes(LONGEST_BYTES);
            final String text = new String(bytes, StandardCharsets.US_ASCII).strip();
            return text.matches(PREFIX + "[0-9]{1,9}")
                    ? Optional.of(text.substring(PREFIX.length()))
                    : Optional.empty();
        } catch (final LargeObjectException e) {
            return Optional.empty();
        }
    }
}
