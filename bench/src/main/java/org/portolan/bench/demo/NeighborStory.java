package org.portolan.bench.demo;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.PortolanProcess;

/**
 * Neighbors come, move and go beside the traffic, so that the history has something to tell: a laptop talks and leaves,
 * and while the router still asks for it, a phone comes and then takes another MAC.
 */
final class NeighborStory {
    /** The traffic's client, the laptop and the phone. */
    static final int CLIENTS = 3;

    /** A laptop that left is asked for after 5 s, for at most 7 s; the rest is for a busy machine. */
    private static final long PATIENCE_MS = 30_000;

    private static final long POLL_MS = 100;

    /** Locally administered, as phones make them up. */
    private static final String ANOTHER_MAC = "02:50:2a:16:6d:02";

    private final Host laptop;
    private final Host phone;
    private final PortolanProcess router;
    private final CompletableFuture<Void> told;

    private NeighborStory(final Lab lab, final PortolanProcess router) {
        this.router = router;
        laptop = lab.clients().get(1);
        phone = lab.clients().get(2);
        told = CompletableFuture.runAsync(this::tell);
    }

    /** Where it is kept, under which names, and with times that fit a demo. */
    static void configure(final PortolanProcess.Builder router) {
        router.identity("edge-1", Lab.INSIDE_ADDRESS, Lab.OUTSIDE_ADDRESS)
                .history()
                .config("arp", "reachable = 5\nidle = 5")
                .config("interfaces.lan", "segment = \"office\"")
                .config("interfaces.wan", "segment = \"uplink\"");
    }

    static NeighborStory begin(final Lab lab, final PortolanProcess router) {
        return new NeighborStory(lab, router);
    }

    private void tell() {
        talk(laptop, 3);
        laptop.namespace().ip("link", "set", Host.DEVICE, "down");
        await("the router does not ask for the laptop that left", () -> isAskedFor(laptop));
        talk(phone, 3);
        phone.namespace().ip("link", "set", Host.DEVICE, "address", ANOTHER_MAC);
        // Another MAC is a claim: the first one is asked for 1 s before the router believes it.
        talk(phone, 25);
    }

    private static void talk(final Host host, final int pings) {
        final int answered = host.ping(Lab.SERVER_ADDRESS, "-c", Integer.toString(pings), "-i", "0.2")
                .received();
        if (answered == 0) {
            throw new LabException(host.address() + " talked to the server, and no answer came");
        }
    }

    private boolean isAskedFor(final Host host) {
        return router.askJson("arp").get("neighbors").list().stream()
                .filter(each -> each.get("address").text().equals(host.address()))
                .map(each -> each.get("state").text())
                .anyMatch(List.of("probing", "incomplete")::contains);
    }

    /** Waits for what is still to come, and compares the history with what happened. */
    String end() {
        try {
            told.orTimeout(PATIENCE_MS, TimeUnit.MILLISECONDS).join();
        } catch (final CompletionException e) {
            throw new LabException(String.valueOf(e.getCause().getMessage()), e);
        }
        final String moved = "entry moved: " + phone.address() + " -> " + ANOTHER_MAC;
        await("no commit says: " + moved, () -> isWritten(moved));
        await("the laptop's expiry is not merged", () -> isWritten("Arp.tick: merge expiry branch"));
        return "%s left and expired, %s came and took another MAC; %d commits tell it"
                .formatted(laptop.address(), phone.address(), subjects().size());
    }

    private List<String> subjects() {
        return router.askJson("arp-graph").get("commits").list().stream()
                .map(each -> each.get("subject").text())
                .toList();
    }

    private boolean isWritten(final String subject) {
        return subjects().contains(subject);
    }

    private static void await(final String complaint, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new LabException(complaint);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(POLL_MS);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LabException("interrupted", e);
            }
        }
    }
}
