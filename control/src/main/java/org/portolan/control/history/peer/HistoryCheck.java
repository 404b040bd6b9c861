package org.portolan.control.history.peer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdSubclassMap;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.portolan.control.history.record.BadRecordException;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.BindingText;
import org.portolan.control.history.store.Schema;

/**
 * Whether all that is new in a peer's history is a history's: each commit that ours does not lead to, and of its tree
 * what its parents' have not. What a parent has was checked with the parent, or is known; so after it everything that
 * the head leads to is there and sound, and it cost what is new and not what there is.
 *
 * <p>Whether a tree or a file is sound depends on how deep it lies and not on where: each is looked at once.
 */
final class HistoryCheck {
    /** Before and after the name of a directory or file at each depth: together a path, if the name is a good one. */
    private static final String[][] AROUND = {
        {}, {"arp/", "/s/0.0.0/0"}, {"arp/0/", "/0.0.0/0"}, {"arp/0/s/", "/0"}, {"arp/0/s/0.0.0/", ""}
    };

    private static final int HOSTS = 4;

    private final BothReader reader;
    private final Watch watch;
    private final long nowS;
    private boolean isAhead;
    private final ObjectIdSubclassMap<ObjectId>[] seen = seen();
    private final ObjectIdSubclassMap<ObjectId> leanings = new ObjectIdSubclassMap<>();

    HistoryCheck(final BothReader reader, final Watch watch, final long nowS) {
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

    void require(final ObjectId head, final Known known) throws IOException {
        try (RevWalk walk = new RevWalk(reader)) {
            walk.markStart(walk.parseCommit(head));
            for (final ObjectId root : known.roots()) {
                walk.markUninteresting(walk.parseCommit(root));
            }
            for (RevCommit commit = walk.next(); commit != null; commit = walk.next()) {
                watch.check();
                note(commit);
                CommitCheck.require(commit.name(), commit.getRawBuffer());
                isAhead |= commit.getCommitTime() > nowS + Admission.AHEAD_S;
                final List<ObjectId> before = new ArrayList<>();
                for (final RevCommit parent : commit.getParents()) {
                    before.add(walk.parseCommit(parent).getTree().copy());
                }
                root(commit, before);
                commit.disposeBody();
            }
        }
        known.requireLedTo(leanings);
    }

    /** Whether any of the commits is of a time that is far ahead: after {@link #require}. */
    boolean isAhead() {
        return isAhead;
    }

    /** What did not come has to be here, and not by chance. */
    private void note(final ObjectId id) throws IOException {
        if (!reader.isFresh(id) && !leanings.contains(id)) {
            leanings.add(id.copy());
        }
    }

    private void root(final RevCommit commit, final List<ObjectId> before) throws IOException {
        final ObjectId tree = commit.getTree();
        if (before.contains(tree) || !isFirst(0, tree)) {
            return;
        }
        final Optional<String> fault = Schema.fault(reader, tree);
        if (fault.isPresent()) {
            throw new BadPeerException("%s (commit %s)".formatted(fault.get(), commit.name()));
        }
        final List<Map<String, ObjectId>> old = entries(before);
        for (final Map.Entry<String, ObjectId> each : entries(tree).entrySet()) {
            if (each.getKey().equals(BindingKey.ROOT)) {
                tree(1, named(old, each.getKey()), each.getValue(), BindingKey.ROOT);
            } else if (!named(old, each.getKey()).contains(each.getValue())) {
                note(each.getValue());
            }
        }
    }

    private boolean isFirst(final int depth, final ObjectId id) throws IOException {
        if (seen[depth].contains(id)) {
            return false;
        }
        seen[depth].add(id.copy());
        note(id);
        return true;
    }

    private CanonicalTreeParser parser(final ObjectId tree) throws IOException {
        final CanonicalTreeParser parser = new CanonicalTreeParser();
        parser.reset(reader.open(tree, Constants.OBJ_TREE).getCachedBytes());
        return parser;
    }

    private void tree(final int depth, final List<ObjectId> before, final ObjectId after, final String path)
            throws IOException {
        if (before.contains(after) || !isFirst(depth, after)) {
            return;
        }
        final List<Map<String, ObjectId>> old = entries(before);
        CanonicalTreeParser at = parser(after);
        if (at.eof()) {
            throw new BadPeerException("has an empty directory %s".formatted(path));
        }
        for (; !at.eof(); at = at.next()) {
            final String name = at.getEntryPathString();
            final String place = path + "/" + name;
            requireEntry(depth, name, at.getEntryFileMode(), place);
            if (depth == HOSTS) {
                file(named(old, name), at.getEntryObjectId(), place);
            } else {
                tree(depth + 1, named(old, name), at.getEntryObjectId(), place);
            }
        }
    }

    private List<Map<String, ObjectId>> entries(final List<ObjectId> trees) throws IOException {
        final List<Map<String, ObjectId>> all = new ArrayList<>();
        for (final ObjectId tree : trees) {
            all.add(entries(tree));
        }
        return all;
    }

    private Map<String, ObjectId> entries(final ObjectId tree) throws IOException {
        final Map<String, ObjectId> entries = new HashMap<>();
        for (CanonicalTreeParser at = parser(tree); !at.eof(); at = at.next()) {
            entries.put(at.getEntryPathString(), at.getEntryObjectId());
        }
        return entries;
    }

    /** What the parents have under that name. */
    private static List<ObjectId> named(final List<Map<String, ObjectId>> entries, final String name) {
        return entries.stream()
                .map(each -> each.get(name))
                .filter(Objects::nonNull)
                .toList();
    }

    private static void requireEntry(final int depth, final String name, final FileMode mode, final String place)
            throws BadPeerException {
        final FileMode wanted = depth == HOSTS ? FileMode.REGULAR_FILE : FileMode.TREE;
        if (BindingKey.of(AROUND[depth][0] + name + AROUND[depth][1]).isEmpty()) {
            throw new BadPeerException(
                    "has %s, which has no place in a history".formatted(BadPeerException.quote(place)));
        }
        if (mode != wanted) {
            throw new BadPeerException("has %s as mode %s, and a history holds plain files in directories only"
                    .formatted(BadPeerException.quote(place), mode));
        }
    }

    private void file(final List<ObjectId> before, final ObjectId after, final String place) throws IOException {
        if (before.contains(after) || !isFirst(HOSTS + 1, after)) {
            return;
        }
        try {
            BindingText.decode(reader.open(after, Constants.OBJ_BLOB).getCachedBytes(BindingText.LONGEST_BYTES + 1));
        } catch (final BadRecordException e) {
            throw new BadPeerException("has a file %s that %s".formatted(place, e.getMessage()), e);
        } catch (final LargeObjectException e) {
            throw new BadPeerException("has a file %s that is too long".formatted(place), e);
        }
    }
}
