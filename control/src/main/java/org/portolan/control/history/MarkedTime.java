package org.portolan.control.history;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.query.TimeIndex;
import org.portolan.control.history.retain.Marks;

/** The marks that retention keeps, as queries ask for them. Any thread. */
final class MarkedTime implements TimeIndex {
    private final Marks marks;

    MarkedTime(final Marks marks) {
        this.marks = marks;
    }

    @Override
    public Optional<ObjectId> before(final long epochSecond) throws IOException {
        return marks.before(epochSecond);
    }

    @Override
    public Iterable<Mark> marks() {
        final List<Mark> newestFirst = new ArrayList<>();
        for (final Marks.Mark each : marks.all().reversed()) {
            newestFirst.add(new Mark(each.epochSeconds(), each.commit()));
        }
        return newestFirst;
    }
}
