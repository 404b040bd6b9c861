package org.portolan.bench.history;

import java.util.ArrayList;
import java.util.List;
import org.portolan.bench.lab.JsonValue;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.Wait;

/**
 * Changes neighbors of a running router, as {@code portolan arp load} does: requests of a hundred static bindings each,
 * over its socket. Each pass gives each address another MAC, so every binding is a change.
 */
final class Churn {
    /** Changed in each pass; 192.168.16.0 and on, away from the lab's own hosts. */
    static final int ADDRESSES = 10_000;

    /** As many as one request may carry. */
    private static final int IN_REQUEST = 100;

    private static final int REQUESTS = ADDRESSES / IN_REQUEST;
    private static final int FIRST_BLOCK = 16;

    private final PortolanProcess router;
    private int passes;

    Churn(final PortolanProcess router) {
        this.router = router;
    }

    /**
     * One pass over all addresses.
     *
     * @param spreadNs in which time the requests are spread evenly; 0 for as fast as they go
     * @return how many bindings changed, which is all of them
     */
    int pass(final long spreadNs) {
        final long beganNs = System.nanoTime();
        final int pass = passes++;
        int changed = 0;
        for (int request = 0; request < REQUESTS; request++) {
            Wait.until(beganNs + spreadNs * request / REQUESTS);
            changed += load(request * IN_REQUEST, pass);
        }
        Wait.until(beganNs + spreadNs);
        return changed;
    }

    private int load(final int first, final int pass) {
        final List<String> bindings = new ArrayList<>(IN_REQUEST);
        for (int i = first; i < first + IN_REQUEST; i++) {
            bindings.add(binding(i, pass));
        }
        int changed = 0;
        final JsonValue answer = router.askJson("arp-load", "--bindings=" + String.join(",", bindings));
        for (final JsonValue each : answer.get("outcomes").list()) {
            if (!each.get("refusal").text().isEmpty()) {
                throw new LabException(
                        "a binding was refused: " + each.get("refusal").text());
            }
            changed += each.get("changed").truth() ? 1 : 0;
        }
        return changed;
    }

    /** The MAC says address and parity of the pass, so the next pass's is another one. */
    static String binding(final int number, final int pass) {
        return "192.168.%d.%d/02:50:%02x:00:%02x:%02x"
                .formatted(FIRST_BLOCK + (number >> 8), number & 0xFF, pass & 1, number >> 8, number & 0xFF);
    }
}
