package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.RawFrame;
import org.portolan.bench.lab.RawSocket;

/** The neighbors' history of a running router, read by stock git. Each test has a router of its own. */
@NeedsRoot
class HistoryE2eTest {
    private static final int FAILED = 1;
    private static final int CHURNED = 100;
    private static final String MERGED = "Arp.tick: merge expiry branch";
    private static final String EXPIRED = "Arp.tick: updating to age out old entries: ";
    private static final String PINNED = "192.168.1.77";
    private static final String PINNED_MAC = "02:50:2a:16:6d:4d";

    /** A commit waits 0.2 s for company; the rest is for a busy machine. */
    private static final long WRITTEN_MS = 5_000;

    /** 5 s reachable, 5 s until it is asked, 3 s of probes and 3 s of broadcasts; the rest is for a busy machine. */
    private static final long EXPIRED_MS = 40_000;

    private static Lab lab;
    private PortolanProcess router;

    @BeforeAll
    static void build() {
        lab = Lab.builder().clients(3).build();
    }

    @AfterAll
    static void takeAway() {
        lab.close();
    }

    @AfterEach
    void end() {
        lab.takeUp(Lab.LAN);
        lab.clients().forEach(HistoryE2eTest::comeBack);
        if (router != null) {
            RouterChecks.assertLogIsClean(router);
            router.close();
        }
    }

    private static PortolanProcess.Builder options() {
        return PortolanProcess.in(lab)
                .identity("edge-1", Lab.INSIDE_ADDRESS, Lab.OUTSIDE_ADDRESS)
                .config("arp", "reachable = 5\nidle = 5")
                .config("interfaces.lan", "segment = \"office\"");
    }

    private LiveGit start(final PortolanProcess.Builder options) {
        router = options.build();
        router.start();
        return LiveGit.of(router);
    }

    private static void leave(final Host host) {
        host.namespace().ip("link", "set", Host.DEVICE, "down");
    }

    /** The default route went with the link. */
    private static void comeBack(final Host host) {
        host.namespace().ip("link", "set", Host.DEVICE, "up");
        host.namespace().ip("route", "replace", "default", "via", host.gateway());
    }

    private static boolean talks(final Host host) {
        return host.ping(Lab.SERVER_ADDRESS, "-c", "1", "-W", "1").received() == 1;
    }

    private static void assertWritten(final LiveGit git, final String subject) {
        assertThat(RouterChecks.within(WRITTEN_MS, () -> git.subjects().contains(subject)))
                .as("%s in %s", subject, git.subjects())
                .isTrue();
    }

    private static String added(final Host host) {
        return "entry added: %s -> %s".formatted(host.address(), host.mac());
    }

    private String state(final String address) {
        return router.askJson("arp").get("neighbors").list().stream()
                .filter(row -> row.get("address").text().equals(address))
                .map(row -> row.get("state").text() + " " + row.get("mac").text())
                .findFirst()
                .orElse("none");
    }

    private void pin(final String address, final String mac) {
        router.ask("arp-add", "--address=" + address, "--mac=" + mac);
    }

    /** Someone talks all the time, so that nobody expires but who left. */
    private boolean happensWhileTheFirstClientTalks(final BooleanSupplier condition) {
        return RouterChecks.within(EXPIRED_MS, () -> {
            talks(lab.client());
            return condition.getAsBoolean();
        });
    }

    @Test
    void shouldMergeAnExpiryWithWhatWasLearnedMeanwhileAndFastForwardWhenNothingWas() {
        final LiveGit git = start(options().history());
        final Host laptop = lab.clients().get(1);
        final Host phone = lab.clients().get(2);
        assertThat(talks(lab.client())).isTrue();
        assertThat(talks(laptop)).isTrue();
        assertWritten(git, added(lab.client()));
        assertWritten(git, added(laptop));
        assertThat(git.subjects().getLast()).isEqualTo("Arp.create: Initial empty cache");

        leave(laptop);
        assertThat(happensWhileTheFirstClientTalks(() -> state(laptop.address()).matches("(probing|incomplete) .*")))
                .isTrue();
        assertThat(talks(phone)).isTrue();
        assertThat(happensWhileTheFirstClientTalks(() -> git.subjects().contains(MERGED)))
                .isTrue();
        assertMerged(git, laptop, phone);

        leave(phone);
        final String before = git.head();
        final String expired = EXPIRED + phone.address() + " -> " + phone.mac();
        assertThat(happensWhileTheFirstClientTalks(() -> git.subjects().contains(expired)))
                .isTrue();
        assertThat(git.head()).isEqualTo(git.commit(expired));
        // Fast-forward: no merge, and before it at most the words that a host was seen.
        assertThat(git.parents(git.head())).hasSize(1);
        assertThat(git.lines("log", "--format=%s", before + ".." + git.head()))
                .allMatch(subject -> subject.equals(expired) || subject.startsWith("entries seen: "));
        assertThat(git.lines("for-each-ref", "--format=%(refname)", "--points-at", git.head(), "refs/heads/expire_*"))
                .hasSize(1);
        git.assertSound();
    }

    /** Two parents: what was learned while the branch was open, and the branch. */
    private static void assertMerged(final LiveGit git, final Host dead, final Host learned) {
        final String merge = git.commit(MERGED);
        final List<String> parents = git.parents(merge);
        assertThat(parents).hasSize(2);
        final String branch = parents.get(1);
        assertThat(git.run("log", "-1", "--format=%s", branch))
                .isEqualTo(EXPIRED + dead.address() + " -> " + dead.mac());
        assertThat(git.lines("for-each-ref", "--format=%(objectname)", "refs/heads/expire_*"))
                .contains(branch);
        assertThat(git.lines("log", "--format=%s", branch + ".." + parents.getFirst()))
                .contains(added(learned));
        assertThat(git.lines("log", "--format=%s", branch)).doesNotContain(added(learned));
        assertThat(git.run("show", merge + ":" + file(dead))).contains("state expired", "reason silent");
        assertThat(git.run("show", merge + ":" + file(learned))).contains("state live", "mac " + learned.mac());
    }

    private static String file(final Host host) {
        return "arp/0/office/192.168.1/"
                + host.address().substring(host.address().lastIndexOf('.') + 1);
    }

    @Test
    void shouldStaySoundForGitWhileManyChangesAreWritten() throws InterruptedException {
        final LiveGit git = start(options().history());
        final AtomicBoolean enough = new AtomicBoolean();
        final AtomicInteger changes = new AtomicInteger();
        final Thread churn = Thread.ofPlatform().start(() -> {
            for (int i = 0; !enough.get(); i++) {
                pin("192.168.1." + (100 + i % CHURNED), churnedMac(i));
                changes.incrementAndGet();
            }
        });
        try {
            for (int i = 1; i <= 4; i++) {
                final int least = i * 300;
                assertThat(RouterChecks.within(30_000, () -> changes.get() >= least))
                        .isTrue();
                git.assertSound();
            }
        } finally {
            enough.set(true);
            churn.join();
        }
        assertThat(router.terminate()).isZero();
        git.assertSound();
        final int end = changes.get();
        assertThat(git.lines("grep", "-h", "^static 02", "primary"))
                .containsExactlyInAnyOrderElementsOf(IntStream.range(end - CHURNED, end)
                        .mapToObj(i -> "static " + churnedMac(i))
                        .toList());
    }

    /** Another one for the same address each round. */
    private static String churnedMac(final int change) {
        return "02:50:2a:16:%02x:%02x".formatted(change / CHURNED & 0xFF, change % CHURNED);
    }

    /** A host that asked the router something is remembered only when it has answered a question too. */
    private void assertConfirmed(final LiveGit git, final Host client) {
        assertThat(RouterChecks.within(EXPIRED_MS, () -> {
                    talks(client);
                    final String text = git.run("show", "primary:" + file(client));
                    return text.contains("state live") && text.contains("reason answered");
                }))
                .isTrue();
    }

    /** The link is down at the start: otherwise the client answers before anybody can look. */
    private void assertAllIsBack(final LiveGit git, final Runnable end) {
        assertThat(talks(lab.client())).isTrue();
        final String mac = lab.client().mac();
        assertConfirmed(git, lab.client());
        final String before = git.head();
        end.run();
        git.assertSound();
        lab.takeDown(Lab.LAN);
        router.start();
        assertThat(state(lab.client().address())).isEqualTo("unconfirmed " + mac);
        assertThat(state(PINNED)).isEqualTo("static " + PINNED_MAC);
        lab.takeUp(Lab.LAN);
        assertThat(RouterChecks.within(EXPIRED_MS, () -> talks(lab.client()))).isTrue();
        assertThat(RouterChecks.within(
                        EXPIRED_MS, () -> state(lab.client().address()).equals("reachable " + mac)))
                .isTrue();
        assertThat(git.isAncestor(before, git.head())).isTrue();
    }

    @Test
    void shouldBringNeighborsBackUnconfirmedAndPinsStaticAfterAnEndAndAfterAKill() {
        final LiveGit git = start(options().history());
        pin(PINNED, PINNED_MAC);
        assertWritten(git, "static entry added: " + PINNED + " -> " + PINNED_MAC);
        assertThat(talks(lab.client())).isTrue();
        assertWritten(git, added(lab.client()));

        assertAllIsBack(git, () -> assertThat(router.terminate()).isZero());
        assertAllIsBack(git, router::kill);
        assertThat(router.terminate()).isZero();
        git.assertSound();
    }

    /** The client's kernel is deaf to ARP: this test answers for it, when it has seen what is asked. */
    @Test
    void shouldAskTheRememberedMacAloneBeforeItIsTrusted() {
        final LiveGit git = start(options().history());
        final Host client = lab.client();
        final String mac = client.mac();
        assertThat(talks(client)).isTrue();
        assertWritten(git, added(client));
        assertConfirmed(git, client);
        assertThat(router.terminate()).isZero();

        lab.takeDown(Lab.LAN);
        router.start();
        client.namespace().ip("link", "set", Host.DEVICE, "arp", "off");
        try (RawSocket wire = RawSocket.open(client.namespace(), Host.DEVICE)) {
            assertThat(state(client.address())).isEqualTo("unconfirmed " + mac);
            lab.takeUp(Lab.LAN);
            final RawFrame asked = wire.await(frame -> frame.asksFor(client.address()), EXPIRED_MS)
                    .orElseThrow();
            assertThat(asked.destinationMac())
                    .as("not everybody is asked: %s", asked)
                    .isEqualTo(mac);
            assertThat(asked.sourceMac()).isEqualTo(lab.router().deviceMac(Lab.LAN));
            assertThat(state(client.address())).isEqualTo("unconfirmed " + mac);

            wire.send(RawFrame.arpReply(mac, asked.sourceMac(), client.address(), Lab.INSIDE_ADDRESS));
            assertThat(RouterChecks.within(
                            WRITTEN_MS, () -> state(client.address()).equals("reachable " + mac)))
                    .as(state(client.address()))
                    .isTrue();
        } finally {
            client.namespace().ip("link", "set", Host.DEVICE, "arp", "on");
        }
    }

    @Test
    void shouldGiveTheHistoryToTheUserThatTheRouterBecomes() throws IOException {
        assumeTrue(RouterChecks.isRealRoot(), "a user namespace with one mapped uid knows nobody");
        final LiveGit git = start(options().history().forAnyUser().config("control", "user = \"nobody\""));
        assertThat(talks(lab.client())).isTrue();
        assertWritten(git, added(lab.client()));
        try (Stream<Path> files = Files.walk(git.repository())) {
            assertThat(files)
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(Files.getOwner(file).getName())
                            .as(file.toString())
                            .isEqualTo("nobody"));
        }
        // Only what an answer confirmed comes back; the end writes confirmations that are not written yet.
        assertThat(happensWhileTheFirstClientTalks(
                        () -> state(lab.client().address()).startsWith("reachable ")))
                .isTrue();
        assertThat(router.terminate()).isZero();
        router.start();
        assertThat(state(lab.client().address()))
                .as("%s", git.subjects())
                .endsWith(" " + lab.client().mac());
    }

    @Test
    void shouldRefuseTheHistoryOfARunningRouterWhichGoesOnWriting() {
        final LiveGit git = start(options().history());
        try (Lab another = Lab.builder().build();
                PortolanProcess second =
                        PortolanProcess.in(another).history(git.repository()).build()) {
            second.launch();
            assertThat(second.awaitEnd()).as(second.log()).isEqualTo(FAILED);
            assertThat(second.log()).contains(git.repository().toString()).contains("in use by another router");
            RouterChecks.assertLogIsClean(second);
        }
        pin(PINNED, PINNED_MAC);
        assertWritten(git, "static entry added: " + PINNED + " -> " + PINNED_MAC);
        git.assertSound();
    }
}
