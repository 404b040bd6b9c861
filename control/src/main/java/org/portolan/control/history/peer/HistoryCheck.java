package org.portolan.control.history.peer;

import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdSubclassMap;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.portolan.control.history.record.BadRecordException;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.BindingText;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.history.store.Schema;

/**
 * Whether all that is new in a peer's history is a history's: each commit that primary does not lead to, and of its tree
 * what its first parent's has not. What a parent has was checked with the parent, or is known; so after it everything
 * that the head leads to is there and sound, and it cost what is new and not what there is.
 *
 * <p>Whether a tree or a file is sound depends on how deep it lies and not on where: each is looked at once.
 */
final class HistoryCheck {
    /** A poisoned Lamport clock: one stamp near the end of the numbers, and no router could ever say anything newer. */
    static final long GREATEST_STAMP = 1_000_000_000_000_000L;

    /** Before and after the name of a directory or file at each depth: together a path, if the name is a good one. */
    private static final String[][] AROUND = {
        {}, {"arp/", "/s/0.0.0/0"}, {"arp/0/", "/0.0.0/0"}, {"arp/0/s/", "/0"}, {"arp/0/s/0.0.0/", ""}
    };

    private static final int HOSTS = 4;

    private final ObjectReader reader;
    private final Watch watch;
    private final long nowS;
    private final ObjectIdSubclassMap<ObjectId>[] seen = seen();

    HistoryCheck(final ObjectReader reader, final Watch watch, final long nowS) {
        this.reader = reader;
        this.watch = watch;
        this.nowS = nowS;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static ObjectIdSubclassMap<ObjectId>[] seen() {
        final ObjectIdSubclassMap<ObjectId>[] seen = new ObjectIdSubclassMap[HOSTS + 2];
        for (int i = 0; i < seen.length; i++) {
            seen[i] = new ObjectIdSubclassMap<>();
        }
        return seen;
    }

    /** @param known a commit that is sound with all that leads to it */
    void require(final ObjectId head, final ObjectId known) throws IOException {
        try (RevWalk walk = new RevWalk(reader)) {
            walk.markStart(walk.parseCommit(head));
            walk.markUninteresting(walk.parseCommit(known));
            for (RevCommit commit = walk.next(); commit != null; commit = walk.next()) {
                watch.check();
                CommitCheck.require(commit.name(), commit.getRawBuffer(), nowS);
                root(commit, commit.getParentCount() == 0 ? null : walk.parseCommit(commit.getParent(0)).getTree());
                commit.disposeBody();
            }
        }
    }

    private void root(final RevCommit commit, final ObjectId before) throws IOException {
        final ObjectId tree = commit.getTree();
        if (tree.equals(before) || !isFirst(0, tree)) {
            return;
        }
        try {
            Schema.require(reader, tree, "its commit " + commit.name());
        } catch (final HistoryException e) {
            throw new BadPeerException("is no history of this form (" + e.getMessage() + ")", e);
        }
        final ObjectId arp = child(tree, BindingKey.ROOT);
        if (arp != null) {
            tree(1, before == null ? null : child(before, BindingKey.ROOT), arp, BindingKey.ROOT);
        }
    }

    private boolean isFirst(final int depth, final ObjectId id) {
        if (seen[depth].contains(id)) {
            return false;
        }
        seen[depth].add(id.copy());
        return true;
    }

    private ObjectId child(final ObjectId tree, final String name) throws IOException {
        for (CanonicalTreeParser at = parser(tree); !at.eof(); at = at.next()) {
            if (at.getEntryPathString().equals(name)) {
                return at.getEntryObjectId();
            }
        }
        return null;
    }

    private CanonicalTreeParser parser(final ObjectId tree) throws IOException {
        final CanonicalTreeParser parser = new CanonicalTreeParser();
        parser.reset(reader.open(tree, Constants.OBJ_TREE).getCachedBytes());
        return parser;
    }

    private void tree(final int depth, final ObjectId before, final ObjectId after, final String path)
            throws IOException {
        if (after.equals(before) || !isFirst(depth, after)) {
            return;
        }
        final Map<String, ObjectId> old = before == null ? Map.of() : entries(before);
        CanonicalTreeParser at = parser(after);
        if (at.eof()) {
            throw new BadPeerException("has an empty directory %s".formatted(path));
        }
        for (; !at.eof(); at = at.next()) {
            final String name = at.getEntryPathString();
            final String place = path + "/" + name;
            requireEntry(depth, name, at.getEntryFileMode(), place);
            if (depth == HOSTS) {
                file(old.get(name), at.getEntryObjectId(), place);
            } else {
                tree(depth + 1, old.get(name), at.getEntryObjectId(), place);
            }
        }
    }

    private Map<String, ObjectId> entries(final ObjectId tree) throws IOException {
        final Map<String, ObjectId> entries = new HashMap<>();
        for (CanonicalTreeParser at = parser(tree); !at.eof(); at = at.next()) {
            entries.put(at.getEntryPathString(), at.getEntryObjectId());
        }
        return entries;
    }

    private static void requireEntry(final int depth, final String name, final FileMode mode, final String place)
            throws BadPeerException {
        final FileMode wanted = depth == HOSTS ? FileMode.REGULAR_FILE : FileMode.TREE;
        if (BindingKey.of(AROUND[depth][0] + name + AROUND[depth][1]).isEmpty()) {
            throw new BadPeerException("has %s, which has no place in a history".formatted(BadPeerException.quote(place)));
        }
        if (mode != wanted) {
            throw new BadPeerException("has %s as mode %s, and a history holds plain files in directories only"
                    .formatted(BadPeerException.quote(place), mode));
        }
    }

    private void file(final ObjectId before, final ObjectId after, final String place) throws IOException {
        if (after.equals(before) || !isFirst(HOSTS + 1, after)) {
            return;
        }
        final Binding binding;
        try {
            binding = BindingText.decode(
                    reader.open(after, Constants.OBJ_BLOB).getCachedBytes(BindingText.LONGEST_BYTES + 1));
        } catch (final BadRecordException e) {
            throw new BadPeerException("has a file %s that %s".formatted(place, e.getMessage()), e);
        } catch (final LargeObjectException e) {
            throw new BadPeerException("has a file %s that is too long".formatted(place), e);
        }
        if (binding.clock() > GREATEST_STAMP) {
            throw new BadPeerException("has a file %s with the stamp %d, beyond the greatest that is taken, %d"
                    .formatted(place, binding.clock(), GREATEST_STAMP));
        }
        if (latestS(binding) > nowS + CommitCheck.FUTURE_S) {
            throw new BadPeerException("has a file %s of %s, which is not yet: set the clock of who wrote it, or of this router"
                    .formatted(place, Instant.ofEpochSecond(latestS(binding))));
        }
    }

    private static long latestS(final Binding binding) {
        final long pinnedS = binding.pinned() == null ? 0 : binding.pinned().sinceS();
        if (binding.observed() == null) {
            return pinnedS;
        }
        final long seenS = Math.max(binding.observed().sinceS(), binding.observed().seenS());
        return Math.max(pinnedS, Math.max(seenS, binding.observed().endedS()));
    }
}
