package org.portolan.bench.report;

import org.portolan.bench.run.Rounds;

/** One figure of two runs. */
record FigureChange(Rounds before, Rounds after, Heading.Better better) {
    enum Verdict {
        BETTER("better"),
        WORSE("worse"),
        DIFFERS("differs"),
        UNDECIDED("ranges overlap"),
        ONE_ROUND("one round");

        private final String text;

        Verdict(final String text) {
            this.text = text;
        }

        String text() {
            return text;
        }

        /** Whether there is a change that the rounds of each run do not explain. */
        boolean isMarked() {
            return this == BETTER || this == WORSE || this == DIFFERS;
        }
    }

    /** {@code +4.2 %} of the median; from nothing to something there is no percentage. */
    String percent() {
        if (before.median() == 0) {
            return after.median() == 0 ? Numbers.change(0) : "";
        }
        return Numbers.change(after.median() / before.median() - 1);
    }

    Verdict verdict() {
        if (before.overlaps(after)) {
            return Verdict.UNDECIDED;
        }
        if (before.count() == 1 || after.count() == 1) {
            return Verdict.ONE_ROUND;
        }
        final boolean more = after.median() > before.median();
        return switch (better) {
            case NEITHER -> Verdict.DIFFERS;
            case MORE -> more ? Verdict.BETTER : Verdict.WORSE;
            case LESS -> more ? Verdict.WORSE : Verdict.BETTER;
        };
    }
}
