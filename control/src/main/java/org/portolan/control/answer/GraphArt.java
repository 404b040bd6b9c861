package org.portolan.control.answer;

import java.util.List;
import java.util.function.Function;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.query.Lanes;
import org.portolan.control.history.query.Lanes.Cell;
import org.portolan.control.text.Style;
import org.portolan.control.text.StyledLine;

/**
 * Draws rows of lanes: two columns a lane, one row a commit.
 *
 * <pre>
 *   ●          *          a commit; ○ and o: a merge
 *   ●─╮        *-.        a lane to another parent begins
 *   ●─╯        *-'        a lane from above ends here: a branch was cut from this commit
 *   ●─┤        *-+        another parent is at the end of a lane that goes on
 *   ●─│─╮      *-|-.      a lane passes behind
 *   ●─┬─╮      *-.-.      two lanes begin; ┴ two end
 *   ┆          :          goes on below what is shown
 * </pre>
 */
final class GraphArt {
    private record Glyphs(
            String commit,
            String merge,
            String lane,
            String across,
            String begins,
            String beginsLeft,
            String beginsWithin,
            String ends,
            String endsLeft,
            String endsWithin,
            String joins,
            String joinsLeft,
            String joinsWithin,
            String below,
            String cut) {}

    private static final Glyphs BOXES =
            new Glyphs("●", "○", "│", "─", "╮", "╭", "┬", "╯", "╰", "┴", "┤", "├", "┼", "┆", "…");
    private static final Glyphs ASCII =
            new Glyphs("*", "o", "|", "-", ".", ".", ".", "'", "'", "'", "+", "+", "+", ":", "~");

    private final Glyphs glyphs;
    private final int mostLanes;
    private final Function<ObjectId, Style> styles;

    /**
     * @param mostLanes what is further to the right is not drawn
     * @param styles of a lane, by the commit that it began with
     */
    GraphArt(final boolean ascii, final int mostLanes, final Function<ObjectId, Style> styles) {
        glyphs = ascii ? ASCII : BOXES;
        this.mostLanes = mostLanes;
        this.styles = styles;
    }

    /** What stands where something was cut. */
    String cut() {
        return glyphs.cut;
    }

    /** A commit's row. */
    StyledLine row(final Lanes.Row row, final boolean isMerge) {
        final List<Cell> cells = row.cells();
        final int first = extreme(cells, row.node(), -1);
        final int last = extreme(cells, row.node(), 1);
        final StyledLine line = new StyledLine();
        for (int i = 0; i < cells.size() && i < mostLanes; i++) {
            if (i > 0) {
                final boolean across = i > first && i <= last;
                line.add(across ? glyphs.across : " ", across ? acrossStyle(row, i) : Style.PLAIN);
            }
            line.add(
                    glyph(row, i, first, last, isMerge),
                    cells.get(i) == Cell.FREE ? acrossStyle(row, i) : style(row, i));
        }
        return cells.size() > mostLanes ? line.add(glyphs.cut, Style.DIM) : line;
    }

    /** A row without a commit, below one. */
    StyledLine between(final Lanes.Row above, final boolean atTheEnd) {
        final StyledLine line = new StyledLine();
        for (int i = 0; i < above.below().size() && i < mostLanes; i++) {
            final boolean goesOn = above.below().get(i);
            line.add(i > 0 ? " " : "", Style.PLAIN);
            line.add(goesOn ? atTheEnd ? glyphs.below : glyphs.lane : " ", goesOn ? style(above, i) : Style.PLAIN);
        }
        return line;
    }

    private Style style(final Lanes.Row row, final int column) {
        final ObjectId began = column < row.lanes().size() ? row.lanes().get(column) : null;
        return began == null ? Style.PLAIN : styles.apply(began);
    }

    /** A line across looks like the lane that it leads to. */
    private Style acrossStyle(final Lanes.Row row, final int column) {
        final int step = column > row.node() ? 1 : -1;
        for (int i = step > 0 ? column : column - 1; i >= 0 && i < row.cells().size(); i += step) {
            if (isConnected(row.cells().get(i))) {
                return style(row, i);
            }
        }
        return Style.PLAIN;
    }

    private static boolean isConnected(final Cell cell) {
        return cell == Cell.BEGINS || cell == Cell.ENDS || cell == Cell.JOINS;
    }

    /** The connected column that is furthest from the commit on one side; its own when there is none. */
    private static int extreme(final List<Cell> cells, final int node, final int step) {
        int extreme = node;
        for (int i = node + step; i >= 0 && i < cells.size(); i += step) {
            extreme = isConnected(cells.get(i)) ? i : extreme;
        }
        return extreme;
    }

    private String glyph(final Lanes.Row row, final int i, final int first, final int last, final boolean isMerge) {
        final boolean left = i == first;
        final boolean right = i == last;
        return switch (row.cells().get(i)) {
            case NODE -> isMerge ? glyphs.merge : glyphs.commit;
            case PASSES -> glyphs.lane;
            case FREE -> i > first && i < last ? glyphs.across : " ";
            case BEGINS -> right ? glyphs.begins : left ? glyphs.beginsLeft : glyphs.beginsWithin;
            case ENDS -> right ? glyphs.ends : left ? glyphs.endsLeft : glyphs.endsWithin;
            case JOINS -> right ? glyphs.joins : left ? glyphs.joinsLeft : glyphs.joinsWithin;
        };
    }
}
