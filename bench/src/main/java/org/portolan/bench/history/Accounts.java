package org.portolan.bench.history;

import org.portolan.bench.lab.JsonValue;

/** What a running router's history says of its changes, by {@code portolan history --json}. */
record Accounts(
        long reported,
        long written,
        long folded,
        long coalesced,
        long lost,
        long waiting,
        long lagMs,
        long commits,
        long batches,
        long failures,
        long bytes) {

    static Accounts of(final JsonValue answer) {
        final JsonValue history = answer.get("history");
        return new Accounts(
                history.get("reported").number(),
                history.get("written").number(),
                history.get("folded").number(),
                history.get("coalesced").number(),
                history.get("lost").number(),
                history.get("waiting").number(),
                history.get("lag_ms").number(),
                history.get("commits").number(),
                history.get("batches").number(),
                history.get("failures").number(),
                history.get("bytes").number());
    }

    /** Once nothing waits, every reported change is accounted for. */
    boolean isBalanced() {
        return waiting == 0 && reported == written + folded + coalesced + lost;
    }
}
