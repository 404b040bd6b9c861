package org.portolan.control.history.peer;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdSubclassMap;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.portolan.control.history.pack.RawCommit;
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

    /** How many entries a directory of each depth may have: the root, realms, segments, blocks, hosts. */
    private static final int[] BROADEST = {2, 1_024, 4_096, 16_384, 256};

    /** In the peer's table, all segments together, tombstones included. */
    static final int MOST_BINDINGS = 1 << 19;

    private static final int HOSTS = 4;
    private static final int FILE = HOSTS + 1;
    private static final int COMMIT = HOSTS + 2;

    private final BothReader reader;
    private final Watch watch;
    private final ObjectIdSubclassMap<ObjectId>[] seen = seen();
    private final Queue<ObjectId> commits = new ArrayDeque<>();
    /** Commits that were here, and are parents of what came. */
    private final Set<ObjectId> edge = new HashSet<>();
    /** What else did not come, and the parents have not. */
    private final Set<ObjectId> leanings = new HashSet<>();

    HistoryCheck(final BothReader reader, final Watch watch) {
        this.reader = reader;
        this.watch = watch;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static ObjectIdSubclassMap<ObjectId>[] seen() {
        final ObjectIdSubclassMap<ObjectId>[] seen = new ObjectIdSubclassMap[COMMIT + 1];
        for (int i = 0; i < seen.length; i++) {
            seen[i] = new ObjectIdSubclassMap<>();
        }
        return seen;
    }

    void require(final ObjectId head, final Known known) throws IOException {
        final ObjectId table = treeOf(head);
        meet(head);
        for (ObjectId id = commits.poll(); id != null; id = commits.poll()) {
            watch.check();
            final byte[] raw = reader.open(id, Constants.OBJ_COMMIT).getCachedBytes();
            CommitCheck.require(id.name(), raw);
            final RawCommit commit = RawCommit.parse(id, raw);
            final List<ObjectId> before = new ArrayList<>();
            if (!reader.getShallowCommits().contains(id)) {
                for (final ObjectId parent : commit.parents()) {
                    before.add(treeOf(parent));
                    meet(parent);
                }
            }
            root(id, commit.tree(), before);
        }
        known.requireLedTo(edge, leanings, watch);
        if (bindings(0, table, 0) > MOST_BINDINGS) {
            throw new BadPeerException(
                    "has a table of more than %d bindings, which is the most that is taken".formatted(MOST_BINDINGS));
        }
    }

    /** Counts paths and not objects: one directory may stand for thousands. Goes on to a little above the most. */
    private int bindings(final int depth, final ObjectId tree, final int before) throws IOException {
        watch.check();
        int count = before;
        for (CanonicalTreeParser at = parser(tree); !at.eof() && count <= MOST_BINDINGS; at = at.next()) {
            if (depth == HOSTS) {
                count++;
            } else if (at.getEntryFileMode() == FileMode.TREE) {
                count = bindings(depth + 1, at.getEntryObjectId(), count);
            }
        }
        return count;
    }

    /** The walk ends where a commit did not come: it has to be here, and then all that leads to it is. */
    private void meet(final ObjectId commit) throws IOException {
        if (!reader.isFresh(commit)) {
            edge.add(commit.copy());
            PeerHeap.requireFewLeanings(edge.size() + leanings.size());
        } else if (isFirst(COMMIT, commit)) {
            commits.add(commit.copy());
        }
    }

    private ObjectId treeOf(final ObjectId commit) throws IOException {
        return RawCommit.read(reader, commit).tree();
    }

    /** What did not come has to be here, and not by chance. */
    private void note(final ObjectId id) throws IOException {
        if (!reader.isFresh(id)) {
            leanings.add(id.copy());
            PeerHeap.requireFewLeanings(edge.size() + leanings.size());
        }
    }

    private void root(final ObjectId commit, final ObjectId tree, final List<ObjectId> before) throws IOException {
        if (before.contains(tree) || !isFirst(0, tree)) {
            return;
        }
        final Optional<String> fault = Schema.fault(reader, tree);
        if (fault.isPresent()) {
            throw new BadPeerException("%s (commit %s)".formatted(fault.get(), commit.name()));
        }
        final List<Map<String, ObjectId>> old = entries(0, before);
        for (final Map.Entry<String, ObjectId> each : entries(0, tree).entrySet()) {
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
        watch.check();
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
        final List<Map<String, ObjectId>> old = entries(depth, before);
        int broad = 0;
        CanonicalTreeParser at = parser(after);
        if (at.eof()) {
            throw new BadPeerException("has an empty directory %s".formatted(path));
        }
        for (; !at.eof(); at = at.next()) {
            final String name = at.getEntryPathString();
            final String place = path + "/" + name;
            broad++;
            requireNarrow(depth, broad, path);
            requireEntry(depth, name, at.getEntryFileMode(), place);
            if (depth == HOSTS) {
                file(named(old, name), at.getEntryObjectId(), place);
            } else {
                tree(depth + 1, named(old, name), at.getEntryObjectId(), place);
            }
        }
    }

    private static void requireNarrow(final int depth, final int entries, final String path) throws BadPeerException {
        if (entries > BROADEST[depth]) {
            throw new BadPeerException("has more than %d entries in a directory %s"
                    .formatted(BROADEST[depth], path.isEmpty() ? "of depth " + depth : path));
        }
    }

    private List<Map<String, ObjectId>> entries(final int depth, final List<ObjectId> trees) throws IOException {
        final List<Map<String, ObjectId>> all = new ArrayList<>();
        for (final ObjectId tree : trees) {
            all.add(entries(depth, tree));
        }
        return all;
    }

    private Map<String, ObjectId> entries(final int depth, final ObjectId tree) throws IOException {
        final Map<String, ObjectId> entries = new HashMap<>();
        for (CanonicalTreeParser at = parser(tree); !at.eof(); at = at.next()) {
            entries.put(at.getEntryPathString(), at.getEntryObjectId());
            requireNarrow(depth, entries.size(), "");
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
        if (before.contains(after) || !isFirst(FILE, after)) {
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
