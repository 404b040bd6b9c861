package org.portolan.control.history.retain;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.portolan.control.history.pack.Pause;
import org.portolan.control.history.retain.Retention.KeptRefs;
import org.portolan.control.history.retain.Retention.Limits;

/** Writes, merges and drops as fast as it can, and says each head once it is durable, until it is killed. */
final class CrashingRouter {
    private CrashingRouter() {}

    public static void main(final String[] arguments) throws IOException {
        try (Chronicle chronicle = new Chronicle(Path.of(arguments[0]), "edge-1", 50)) {
            long now = System.currentTimeMillis();
            final Marks marks = Marks.open(chronicle.git(), chronicle.head());
            try (Upkeep upkeep =
                    Upkeep.open(chronicle.git(), marks, new KeptRefs(Set::of), new Limits(0, 60_000), new Silence())) {
                while (true) {
                    marks.advance(chronicle.write(2, 10));
                    System.out.println(chronicle.head().name());
                    now += 61_000;
                    for (int i = 0; i < 20 && upkeep.step(now, now / 1_000, Pause.NONE); i++) {
                        // Some of what is due.
                    }
                }
            }
        }
    }

    private static final class Silence implements Upkeep.Listener {
        @Override
        public void compacted(final Compaction.Compacted done) {
            // The head says enough.
        }

        @Override
        public void retained(final Retention.Report done) {
            // The head says enough.
        }
    }
}
