package org.portolan.control.history.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.portolan.control.history.record.BindingKey;

/** What tells a history from any other repository: a file in the root of its tree that names the form of the rest. */
public final class Schema {
    static final String FILE = "portolan";
    static final byte[] CONTENT = "schema 1\n".getBytes(StandardCharsets.US_ASCII);

    private static final int LONGEST_BYTES = 64;
    private static final String PREFIX = "schema ";

    private Schema() {}

    /**
     * @param tree a commit's
     * @param place names the repository in the error, such as its path or URL
     * @throws HistoryException when it is not a history's, or one of another version
     */
    public static void require(final ObjectReader reader, final ObjectId tree, final String place) throws IOException {
        final List<TreeEntry> root;
        try {
            root = TreeEntry.list(reader.open(tree, Constants.OBJ_TREE).getCachedBytes());
        } catch (final HistoryException e) {
            throw foreign(place, e);
        }
        final String version = version(reader, root, place);
        if (!version.equals(new String(CONTENT, StandardCharsets.US_ASCII).strip().substring(PREFIX.length()))) {
            throw new HistoryException(("%s has schema version %s, and this program reads 1: use the program that wrote it,"
                    + " or name another directory").formatted(place, version));
        }
        for (final TreeEntry entry : root) {
            if (!entry.name().equals(FILE) && !(entry.isTree() && entry.name().equals(BindingKey.ROOT))) {
                throw foreign(place, null);
            }
        }
    }

    private static String version(final ObjectReader reader, final List<TreeEntry> root, final String place)
            throws IOException {
        for (final TreeEntry entry : root) {
            if (entry.name().equals(FILE) && !entry.isTree()) {
                final String text = text(reader, entry.id(), place);
                if (text.matches(PREFIX + "[0-9]{1,9}")) {
                    return text.substring(PREFIX.length());
                }
            }
        }
        throw foreign(place, null);
    }

    private static String text(final ObjectReader reader, final ObjectId blob, final String place) throws IOException {
        try {
            final byte[] bytes = reader.open(blob, Constants.OBJ_BLOB).getCachedBytes(LONGEST_BYTES);
            return Arrays.equals(bytes, CONTENT)
                    ? PREFIX + "1"
                    : new String(bytes, StandardCharsets.US_ASCII).strip();
        } catch (final LargeObjectException e) {
            throw foreign(place, e);
        }
    }

    private static HistoryException foreign(final String place, final Exception cause) {
        return new HistoryException(
                "%s is a git repository, but no Portolan history: name another directory".formatted(place), cause);
    }
}
