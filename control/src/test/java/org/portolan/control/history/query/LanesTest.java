package org.portolan.control.history.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.Test;
import org.portolan.control.history.query.Lanes.Cell;

/** Columns of a graph, row by row: N the commit, | passes, e ends in it, b begins, j joins, . free. */
final class LanesTest {
    private static ObjectId id(final String name) {
        return ObjectId.fromString("%040x".formatted(name.hashCode() & 0xFFFFFFFFL));
    }

    /** @param commits as {@code name} or {@code name: parent parent}, children first; the first is primary's head */
    private static List<String> rows(final String... commits) {
        return rowsOf(commits[0].split(":")[0], commits);
    }

    private static List<String> rowsOf(final String primary, final String... commits) {
        final Lanes lanes = new Lanes(id(primary));
        final List<String> rows = new ArrayList<>();
        for (final String commit : commits) {
            final String[] halves = commit.split(": ?");
            final List<ObjectId> parents = new ArrayList<>();
            for (final String parent : halves.length == 1 ? new String[0] : halves[1].split(" ")) {
                parents.add(id(parent));
            }
            final Lanes.Row row = lanes.place(id(halves[0]), parents);
            assertThat(row.cells().get(row.node())).isEqualTo(Cell.NODE);
            final StringBuilder text = new StringBuilder();
            row.cells().forEach(cell -> text.append(".N|ebj".charAt(cell.ordinal())));
            rows.add(text.toString());
        }
        return rows;
    }

    @Test
    void shouldDrawALineAsALine() {
        assertThat(rows("c: b", "b: a", "a")).containsExactly("N", "N", "N");
    }

    @Test
    void shouldLetAnExpiryBranchLeaveAndComeBack() {
        assertThat(rows("m: p x", "x: a", "p: a", "a")).containsExactly("Nb", "|N", "N|", "Ne");
    }

    @Test
    void shouldKeepPrimaryToTheLeftOfWhatIsNewer() {
        assertThat(rowsOf("p", "x: a", "p: a", "a")).containsExactly(".N", "N|", "Ne");
    }

    @Test
    void shouldUseAColumnAgainWhenItsLaneHasEnded() {
        assertThat(rows("m2: p x2", "x2: p", "p: m1", "m1: q x1", "x1: a", "q: a", "a"))
                .containsExactly("Nb", "|N", "Ne", "Nb", "|N", "N|", "Ne");
    }

    @Test
    void shouldNotBeginALaneWhereOneEnds() {
        assertThat(rows("m: p x", "x: p", "p: a y", "y: a", "a")).containsExactly("Nb", "|N", "Neb", "|.N", "N.e");
    }

    @Test
    void shouldDrawACrissCross() {
        // Both merged each other's last but one.
        assertThat(rowsOf("a3", "a3: a2 b2", "b3: b2 a2", "b2: b1", "a2: a1", "b1: r", "a1: r", "r"))
                .containsExactly("Nb", "j|N", "|Ne", "N|", "|N", "N|", "Ne");
    }

    @Test
    void shouldJoinALaneThatWaitsForTheSameParent() {
        assertThat(rowsOf("p2", "b2: b1", "p2: p1 b1", "b1: r", "p1: r", "r"))
                .containsExactly(".N", "Nj", "|N", "N|", "Ne");
    }

    @Test
    void shouldDrawAMergeOfMoreThanTwo() {
        assertThat(rows("m: a b c", "c: r", "b: r", "a: r", "r")).containsExactly("Nbb", "||N", "|N|", "N||", "Nee");
    }

    @Test
    void shouldHoldManyOpenBranches() {
        final List<String> commits = new ArrayList<>(List.of("p: r"));
        final StringBuilder expected = new StringBuilder("N");
        final List<String> rows = new ArrayList<>();
        rows.add("N");
        for (int i = 0; i < 50; i++) {
            commits.add("x" + i + ": r");
            rows.add("|".repeat(i + 1) + "N");
            expected.append("e");
        }
        commits.add("r");
        rows.add(expected.toString());
        assertThat(rows(commits.toArray(String[]::new))).isEqualTo(rows);
    }

    @Test
    void shouldNotPutACommitBelowOneThatIsNotItsChild() {
        assertThat(rowsOf("p", "x", "y", "z: r", "p: r", "r")).containsExactly(".N", "..N", ".N", "N|", "Ne");
    }

    @Test
    void shouldNotWaitForAParentThatCameBeforeItsChild() {
        assertThat(rows("c: b", "a", "b: a", "z: b")).containsExactly("N", "|N", "N", ".N");
    }
}
