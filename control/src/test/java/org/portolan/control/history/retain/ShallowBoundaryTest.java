package org.portolan.control.history.retain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.file.GC;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.storage.pack.PackConfig;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.UploadPack;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.control.history.boundary.BoundaryUploadPack;
import org.portolan.control.history.boundary.Shallow;
import org.portolan.control.history.store.StockGit;

/** What JGit and stock git do over a boundary that moved: the ground that retention stands on. */
class ShallowBoundaryTest {
    private static final String TRACKED = "refs/remotes/edge-1/primary";
    private static final int ALL = 44;
    private static final int KEPT = 11;

    @TempDir
    static Path template;

    private static long writtenS;

    @TempDir
    Path directory;

    private Path path;
    private Path whole;
    private Chronicle chronicle;
    private ObjectId boundary;

    /** 44 commits of which 11 are kept; beside it a copy that was made before the others were dropped. */
    @BeforeAll
    static void write() throws Exception {
        final Path bounded = template.resolve("edge-1.git");
        try (Chronicle chronicle = new Chronicle(bounded, "edge-1", 50)) {
            chronicle.write(20, 10);
            final String branch = chronicle.expire(2);
            chronicle.write(19, 10);
            StockGit.run(template, "clone", "--bare", "-q", "--no-local", bounded.toString(), "whole.git");
            chronicle.delete(branch);
            Shallow.write(chronicle.git(), Set.of(chronicle.git().resolve("primary~" + (KEPT - 1))));
            collect(chronicle.git(), false);
            writtenS = chronicle.nowS();
        }
    }

    @BeforeEach
    void open() throws IOException {
        path = directory.resolve("edge-1.git");
        whole = directory.resolve("whole.git");
        Chronicle.copy(template.resolve("edge-1.git"), path);
        Chronicle.copy(template.resolve("whole.git"), whole);
        chronicle = new Chronicle(path, "edge-1", 50, writtenS);
        boundary = chronicle.git().resolve("primary~" + (KEPT - 1));
    }

    @AfterEach
    void close() throws IOException {
        chronicle.close();
    }

    private static void collect(final FileRepository git, final boolean bitmaps) throws Exception {
        final PackConfig config = new PackConfig(git);
        config.setBuildBitmaps(bitmaps);
        final GC gc = new GC(git);
        gc.setPackConfig(config);
        gc.setExpireAgeMillis(0);
        gc.setPackExpireAgeMillis(0);
        gc.gc().get();
    }

    @Test
    void shouldEndEveryWalkOfJgitThere() throws IOException {
        try (RevWalk walk = new RevWalk(chronicle.git())) {
            walk.markStart(walk.parseCommit(chronicle.head()));
            RevCommit last = null;
            int count = 0;
            for (final RevCommit each : walk) {
                last = each;
                count++;
            }
            assertThat(count).isEqualTo(KEPT);
            assertThat(last).isEqualTo(boundary);
            assertThat(last.getParentCount()).isZero();
        }
    }

    @Test
    void shouldNotKeepJgitsCollectorFromDroppingWhatIsBefore() throws IOException {
        final RevCommit first = RevCommit.parse(chronicle.git().open(boundary).getCachedBytes());
        assertThatThrownBy(() -> chronicle.git().open(first.getParent(0))).isInstanceOf(MissingObjectException.class);
        StockGit.requireSound(path);
        assertThat(StockGit.run(path, "rev-list", "--count", "primary").strip()).isEqualTo("" + KEPT);
    }

    /** Why a boundary that moves takes the bitmaps with it. */
    @Test
    void shouldKeepJgitsCollectorFromWorkingWhileABitmapFromBeforeIsThere() throws Exception {
        collect(chronicle.git(), true);
        chronicle.write(10, 10);
        Shallow.write(chronicle.git(), Set.of(chronicle.git().resolve("primary~14")));
        assertThatThrownBy(() -> collect(chronicle.git(), true)).isInstanceOf(ArrayIndexOutOfBoundsException.class);
    }

    @Test
    void shouldLetStockGitCloneTheDirectory() {
        requireClone(clone("file://" + path, 2));
    }

    @Test
    void shouldLetStockGitCloneFromStockDaemon() throws IOException {
        try (GitServer server = GitServer.stock(path)) {
            requireClone(clone(server.url(), 2));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 0})
    void shouldServeACloneToStockGit(final int protocol) throws IOException {
        try (GitServer server = ours()) {
            final Path clone = clone(server.url(), protocol);
            requireClone(clone);
            chronicle.write(3, 10);
            StockGit.run(clone, "-c", "protocol.version=" + protocol, "fetch", "-q", server.url(), "primary:primary");
            assertThat(count(clone, "primary")).isEqualTo(KEPT + 3);
            StockGit.requireSound(clone);
        }
    }

    @Test
    void shouldServeACloneToJgit() throws Exception {
        final Path clone = empty("clone.git");
        try (GitServer server = ours();
                FileRepository git = open(clone)) {
            fetch(git, server.url());
            assertThat(Shallow.read(git)).containsExactly(boundary);
            assertThat(count(clone, TRACKED)).isEqualTo(KEPT);
            chronicle.write(3, 10);
            fetch(git, server.url());
            assertThat(count(clone, TRACKED)).isEqualTo(KEPT + 3);
            requireSound(clone);
        }
    }

    /** Should this fail one day, JGit tells its boundary by itself, and BoundaryUploadPack may go. */
    @Test
    void shouldNotBeServedByJgitsOwnUploadPack() throws IOException {
        try (GitServer server = GitServer.jgit(chronicle.git(), UploadPack::new)) {
            assertThatThrownBy(() -> clone(server.url(), 2)).hasMessageContaining("did not receive expected object");
        }
    }

    @Test
    void shouldRefuseAnUntoldBoundaryWhenJgitChecksWhatItFetched() throws Exception {
        final Path clone = empty("clone.git");
        try (GitServer server = GitServer.jgit(chronicle.git(), UploadPack::new);
                FileRepository git = open(clone)) {
            assertThatThrownBy(() -> fetch(git, server.url())).isInstanceOf(TransportException.class);
            assertThat(git.exactRef(TRACKED)).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 0})
    void shouldLeaveThePeersLongerHistoryWholeWhenStockGitFetches(final int protocol) throws IOException {
        chronicle.write(3, 10);
        try (GitServer server = ours()) {
            StockGit.run(
                    whole, "-c", "protocol.version=" + protocol, "fetch", "-q", server.url(), "primary:" + TRACKED);
        }
        assertThat(count(whole, TRACKED)).isEqualTo(ALL + 3);
        assertThat(whole.resolve("shallow")).doesNotExist();
        StockGit.requireSound(whole);
    }

    @Test
    void shouldLeaveThePeersLongerHistoryWholeWhenJgitFetches() throws Exception {
        chronicle.write(3, 10);
        try (GitServer server = ours();
                FileRepository git = open(whole)) {
            fetch(git, server.url());
            assertThat(Shallow.read(git)).isEmpty();
        }
        assertThat(count(whole, TRACKED)).isEqualTo(ALL + 3);
        StockGit.requireSound(whole);
    }

    @Test
    void shouldPutBackTheLongerHistoryThatJgitCutWhenItFetchedFromStockDaemon() throws Exception {
        chronicle.write(3, 10);
        try (GitServer server = GitServer.stock(path);
                FileRepository git = open(whole)) {
            final Set<ObjectId> before = Shallow.read(git);
            fetch(git, server.url());
            assertThat(Shallow.read(git)).as("JGit takes the server's").containsExactly(boundary);
            FetchedBoundary.settle(git, before);
            assertThat(Shallow.read(git)).isEmpty();
        }
        assertThat(count(whole, TRACKED)).isEqualTo(ALL + 3);
        StockGit.requireSound(whole);
    }

    @Test
    void shouldFetchFromStockDaemonIntoNothingWithJgit() throws Exception {
        final Path clone = empty("clone.git");
        try (GitServer server = GitServer.stock(path);
                FileRepository git = open(clone)) {
            fetch(git, server.url());
            FetchedBoundary.settle(git, Set.of());
            assertThat(Shallow.read(git)).containsExactly(boundary);
        }
        assertThat(count(clone, TRACKED)).isEqualTo(KEPT);
        requireSound(clone);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 5})
    void shouldServeWhoClonedBeforeTheBoundaryMovedAgain(final int kept) throws Exception {
        final Path jgits = empty("jgits.git");
        try (GitServer server = ours();
                FileRepository git = open(jgits)) {
            final Path clone = clone(server.url(), 2);
            fetch(git, server.url());
            chronicle.write(10, 10);
            final ObjectId moved = chronicle.git().resolve("primary~" + (kept - 1));
            Shallow.write(chronicle.git(), Set.of(moved));
            collect(chronicle.git(), false);
            // Kept 5 of 10 new ones: what is between is nowhere any more, and stock git wants to be told that it may
            // be.
            StockGit.run(clone, "fetch", "-q", "--update-shallow", server.url(), "+primary:primary");
            fetch(git, server.url());
            final boolean gap = kept < 10;
            assertThat(count(clone, "primary")).isEqualTo(gap ? kept : KEPT + 10);
            assertThat(count(jgits, TRACKED)).isEqualTo(gap ? kept : KEPT + 10);
            assertThat(Shallow.read(git)).contains(gap ? moved : boundary);
            StockGit.requireSound(clone);
            requireSound(jgits);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 1_000})
    void shouldServeAClonesOwnDepth(final int depth) throws IOException {
        try (GitServer server = ours()) {
            final Path clone = directory.resolve("deep.git");
            StockGit.run(directory, "clone", "-q", "--bare", "--depth=" + depth, server.url(), clone.toString());
            assertThat(count(clone, "primary")).isEqualTo(Math.min(depth, KEPT));
            StockGit.requireSound(clone);
            StockGit.run(clone, "fetch", "-q", "--unshallow", server.url(), "primary:primary");
            assertThat(count(clone, "primary")).isEqualTo(KEPT);
            StockGit.requireSound(clone);
        }
    }

    @Test
    void shouldServeABranchThatLeftThePastBeforeTheBoundary() throws Exception {
        final String branch = chronicle.expire(20);
        final ObjectId side = chronicle.git().exactRef(branch).getObjectId();
        StockGit.run(path, "branch", "middle", "primary~10");
        try (GitServer server = ours()) {
            StockGit.run(whole, "fetch", "-q", server.url(), "middle:middle");
            final ObjectId later = chronicle.git().resolve("primary~15");
            Shallow.write(chronicle.git(), Set.of(side, later));
            collect(chronicle.git(), false);
            StockGit.requireSound(path);
            requireSame(clone(server.url(), 2));
            try (FileRepository git = open(whole)) {
                fetch(git, server.url());
                assertThat(Shallow.read(git))
                        .as("its parents are not there any more")
                        .containsExactly(side);
                FetchedBoundary.settle(git, Set.of());
                assertThat(Shallow.read(git)).as("but here they are").isEmpty();
            }
        }
        assertThat(count(whole, TRACKED)).isEqualTo(ALL + 22);
        StockGit.requireSound(whole);
    }

    private Path empty(final String name) {
        final Path place = directory.resolve(name);
        StockGit.run(directory, "init", "-q", "--bare", "--initial-branch=primary", place.toString());
        return place;
    }

    /** A repository that has nothing but what it fetched from its peer. */
    private static void requireSound(final Path fetched) {
        StockGit.run(fetched, "update-ref", "refs/heads/primary", TRACKED);
        StockGit.requireSound(fetched);
    }

    private GitServer ours() throws IOException {
        return GitServer.jgit(chronicle.git(), BoundaryUploadPack::new);
    }

    private Path clone(final String url, final int protocol) {
        final Path clone = directory.resolve("clone-" + protocol + ".git");
        StockGit.run(directory, "-c", "protocol.version=" + protocol, "clone", "-q", "--bare", url, clone.toString());
        return clone;
    }

    private void requireClone(final Path clone) {
        assertThat(count(clone, "primary")).isEqualTo(KEPT);
        assertThat(StockGit.run(clone, "rev-parse", "--is-shallow-repository").strip())
                .isEqualTo("true");
        requireSame(clone);
    }

    private void requireSame(final Path clone) {
        StockGit.requireSound(clone);
        assertThat(StockGit.run(clone, "rev-list", "primary")).isEqualTo(StockGit.run(path, "rev-list", "primary"));
    }

    private static int count(final Path repository, final String ref) {
        return Integer.parseInt(
                StockGit.run(repository, "rev-list", "--count", ref).strip());
    }

    private static FileRepository open(final Path path) throws IOException {
        return (FileRepository)
                new FileRepositoryBuilder().setGitDir(path.toFile()).setBare().build();
    }

    private static void fetch(final FileRepository git, final String url) throws Exception {
        try (Transport transport = Transport.open(git, new URIish(url))) {
            transport.setCheckFetchedObjects(true);
            transport.fetch(NullProgressMonitor.INSTANCE, List.of(new RefSpec("+refs/heads/primary:" + TRACKED)));
        }
    }
}
