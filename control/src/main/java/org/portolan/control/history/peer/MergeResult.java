package org.portolan.control.history.peer;

import java.util.List;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;

/**
 * What became of a peer's line.
 *
 * @param commits how many of ours it made
 * @param head where primary is to point
 * @param tree the head's
 * @param differences between our table before and the head's that were wanted, in the order of their keys
 * @param conflicts live MACs that both changed, of which one was kept; all of them, though the commit may tell fewer
 */
public record MergeResult(
        Kind kind, int commits, ObjectId head, ObjectId tree, List<Difference> differences, List<Conflict> conflicts) {

    /** How ours and theirs became one. */
    public enum Kind {
        /** They have nothing that is new. */
        NOTHING,
        /** Nothing had been written to ours: it begins with theirs. */
        SEEDED,
        /** A commit of ours, with two parents as a rule, ours first. */
        MERGED
    }

    /** @param before null when it was not known */
    public record Difference(BindingKey key, Binding before, Binding after) {}

    /** Two MACs for one address. */
    public record Conflict(BindingKey key, long kept, long lost) {}

    public MergeResult {
        differences = List.copyOf(differences);
        conflicts = List.copyOf(conflicts);
    }

    static MergeResult nothing(final ObjectId head, final ObjectId tree) {
        return new MergeResult(Kind.NOTHING, 0, head, tree, List.of(), List.of());
    }
}
