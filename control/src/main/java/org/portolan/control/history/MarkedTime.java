package org.portolan.control.history;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.portolan.control.history.query.TimeIndex;
import org.portolan.control.history.retain.Marks;

/** The marks that retention keeps, as queries ask for them. Any thread. */
final class MarkedTime implements TimeIndex {
    private final Marks marks;

    MarkedTime(final Marks marks) {
        this.marks = marks;
    }

    @Override
    public Optional<Mark> before(final long epochSecond) throws IOException {
        return marks.find(epochSecond).map(MarkedTime::mark);
    }

    @Override
    public Mark head() {
        return mark(marks.head());
    }

    @Override
    public long lineSecond(final long second, final long ordinal) {
        return marks.lineS(second, ordinal);
    }

    @Override
    public boolean mayHaveCome(final int address, final long earlier, final long later) {
        return marks.mayHaveCome(address, earlier, later);
    }

    @Override
    public Iterable<Mark> marks() {
        final List<Mark> newestFirst = new ArrayList<>();
        for (final Marks.Mark each : marks.all().reversed()) {
            newestFirst.add(mark(each));
        }
        return newestFirst;
    }

    private static Mark mark(final Marks.Mark mark) {
        return new Mark(mark.epochSeconds(), mark.commit(), mark.ordinal(), mark.lineS());
    }
}
