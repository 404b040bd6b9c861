package org.portolan.control.history.query;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;

/**
 * Puts each commit of a graph into a column, one row after the other, children first. The leftmost column is primary's.
 *
 * <p>A lane runs down from a commit to one of its parents. In the row of a commit the lanes that wait for it end, its
 * own column goes on to its first parent, and its other parents get lanes of their own, or join the one that waits for
 * the same. No lane ever changes its column, and a column that ends in a row is not used again in that row, so a row
 * says by itself what is connected with what.
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

    /** @param primary its head */
    public Lanes(final ObjectId primary) {
        this.primary = primary;
        lanes.add(null);
    }

    /** The next commit's row. */
    public Row place(final ObjectId commit, final List<ObjectId> parents) {
        placed.add(commit);
        final Set<Integer> ending = new HashSet<>();
        for (int i = 0; i < lanes.size(); i++) {
            if (lanes.get(i) != null && lanes.get(i).awaited.equals(commit)) {
                ending.add(i);
            }
        }
        final int node = ending.isEmpty() ? column(commit) : ending.stream().min(Integer::compare).get();
        ending.remove(node);
        final ObjectId began = lanes.get(node) == null ? commit : lanes.get(node).began;
        final List<Cell> cells = new ArrayList<>();
        final List<ObjectId> above = new ArrayList<>();
        for (int i = 0; i < lanes.size(); i++) {
            final Lane lane = lanes.get(i);
            cells.add(i == node ? Cell.NODE : ending.contains(i) ? Cell.ENDS : lane == null ? Cell.FREE : Cell.PASSES);
            above.add(i == node ? began : lane == null ? null : lane.began);
        }
        final List<ObjectId> older =
                parents.stream().distinct().filter(parent -> !placed.contains(parent)).toList();
        // Columns are freed last: none that ends here begins here too.
        lanes.set(node, new Lane(older.isEmpty() ? commit : older.getFirst(), began));
        for (final ObjectId parent : older.subList(Math.min(1, older.size()), older.size())) {
            branch(parent, ending, node, cells, above);
        }
        if (older.isEmpty()) {
            lanes.set(node, null);
        }
        ending.forEach(i -> lanes.set(i, null));
        final List<Boolean> below = lanes.stream().map(lane -> lane != null).toList();
        while (lanes.size() > 1 && lanes.getLast() == null) {
            lanes.removeLast();
        }
        return new Row(node, List.copyOf(cells), java.util.Collections.unmodifiableList(above), below);
    }

    private void branch(
            final ObjectId parent,
            final Set<Integer> ending,
            final int node,
            final List<Cell> cells,
            final List<ObjectId> above) {
        for (int i = 0; i < lanes.size(); i++) {
            final boolean waits = lanes.get(i) != null && lanes.get(i).awaited.equals(parent);
            if (waits && i != node && !ending.contains(i)) {
                cells.set(i, cells.get(i) == Cell.PASSES ? Cell.JOINS : cells.get(i));
                return;
            }
        }
        final int column = free();
        lanes.set(column, new Lane(parent, parent));
        while (cells.size() <= column) {
            cells.add(Cell.FREE);
            above.add(null);
        }
        cells.set(column, Cell.BEGINS);
        above.set(column, parent);
    }

    private int column(final ObjectId commit) {
        return commit.equals(primary) ? 0 : free();
    }

    /** The first column that is free; never primary's. */
    private int free() {
        for (int i = 1; i < lanes.size(); i++) {
            if (lanes.get(i) == null) {
                return i;
            }
        }
        lanes.add(null);
        return lanes.size() - 1;
    }
}
