package org.portolan.control.history.query;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jgit.lib.ObjectId;

/**
 * Puts each commit of a graph into a column, one row after the other, children first. The leftmost column is primary's.
 *
 * <p>A lane runs down from a commit to one of its parents. In the row of a commit the lanes that wait for it end, its
 * own column goes on to its first parent, and its other parents get lanes of their own, or join the one that waits for
 * the same. No lane ever changes its column, a column that ends in a row is not used again in that row, and below a
 * commit that nothing follows no other one stands: so what stands above each other is connected.
 */
public final class Lanes {
    /** What a column is, in one row. */
    public enum Cell {
        FREE,
        /** The commit. */
        NODE,
        /** A lane that has nothing to do with this commit. */
        PASSES,
        /** A lane comes from above and ends in this commit. */
        ENDS,
        /** A lane to another parent begins. */
        BEGINS,
        /** A lane passes, and another parent is at its end. */
        JOINS
    }

    /**
     * One row.
     *
     * @param cells as many as there are columns
     * @param lanes by column: the commit that the lane began with; null where the column is free
     * @param below by column: whether the lane goes on
     */
    public record Row(int node, List<Cell> cells, List<ObjectId> lanes, List<Boolean> below) {}

    private record Lane(ObjectId awaited, ObjectId began) {}

    private final List<Lane> lanes = new ArrayList<>();
    private final Set<ObjectId> placed = new HashSet<>();
    private final ObjectId primary;
    /** Where the last row's commit had nothing below it; else -1. */
    private int dead = -1;

    /** @param primary its head */
    public Lanes(final ObjectId primary) {
        this.primary = primary;
        lanes.add(null);
    }

    /** The next commit's row. */
    public Row place(final ObjectId commit, final List<ObjectId> parents) {
        placed.add(commit);
        final NavigableSet<Integer> ending = awaiting(commit);
        final int node = ending.isEmpty() ? column(commit) : ending.first();
        ending.remove(node);
        final ObjectId began = lanes.get(node) == null ? commit : lanes.get(node).began;
        lanes.set(node, new Lane(commit, began));
        final List<Cell> cells = new ArrayList<>();
        final List<ObjectId> above = new ArrayList<>();
        for (int i = 0; i < lanes.size(); i++) {
            final Lane lane = lanes.get(i);
            cells.add(i == node ? Cell.NODE : ending.contains(i) ? Cell.ENDS : lane == null ? Cell.FREE : Cell.PASSES);
            above.add(lane == null ? null : lane.began);
        }
        final List<ObjectId> older = new ArrayList<>(new LinkedHashSet<>(parents));
        older.removeAll(placed);
        lead(node, older, cells, above);
        // Columns are freed last: none that ends here begins here too.
        ending.forEach(i -> lanes.set(i, null));
        final List<Boolean> below = lanes.stream().map(Objects::nonNull).toList();
        while (lanes.size() > 1 && lanes.getLast() == null) {
            lanes.removeLast();
        }
        return new Row(node, List.copyOf(cells), Collections.unmodifiableList(above), below);
    }

    /** The columns of the lanes that end in a commit. */
    private NavigableSet<Integer> awaiting(final ObjectId commit) {
        final NavigableSet<Integer> columns = new TreeSet<>();
        for (int i = 0; i < lanes.size(); i++) {
            if (lanes.get(i) != null && lanes.get(i).awaited.equals(commit)) {
                columns.add(i);
            }
        }
        return columns;
    }

    /** The commit's column goes on to its first parent, and other lanes to the others. */
    private void lead(final int node, final List<ObjectId> older, final List<Cell> cells, final List<ObjectId> above) {
        dead = older.isEmpty() ? node : -1;
        if (older.isEmpty()) {
            lanes.set(node, null);
            return;
        }
        for (final ObjectId parent : older.subList(1, older.size())) {
            branch(parent, cells, above);
        }
        lanes.set(node, new Lane(older.getFirst(), lanes.get(node).began));
    }

    private void branch(final ObjectId parent, final List<Cell> cells, final List<ObjectId> above) {
        final NavigableSet<Integer> waiting = awaiting(parent);
        if (!waiting.isEmpty()) {
            cells.set(waiting.first(), Cell.JOINS);
            return;
        }
        final int column = free(-1);
        lanes.set(column, new Lane(parent, parent));
        while (cells.size() <= column) {
            cells.add(Cell.FREE);
            above.add(null);
        }
        cells.set(column, Cell.BEGINS);
        above.set(column, parent);
    }

    private int column(final ObjectId commit) {
        return commit.equals(primary) ? 0 : free(dead);
    }

    /** The first column that is free; never primary's, nor that one. */
    private int free(final int but) {
        int column = 1;
        while (column == but || column < lanes.size() && lanes.get(column) != null) {
            column++;
        }
        while (lanes.size() <= column) {
            lanes.add(null);
        }
        return column;
    }
}
