package org.portolan.control.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.control.history.query.SampleRouter.address;
import static org.portolan.control.history.query.SampleRouter.mac;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.history.query.HistoryQuery.Graph;
import org.portolan.control.history.query.HistoryQuery.GraphCommit;
import org.portolan.control.history.query.HistoryStatus;
import org.portolan.control.history.query.Lanes;
import org.portolan.control.history.query.RandomLife;
import org.portolan.control.history.query.SampleRouter;
import org.portolan.control.history.query.WalkingTimeIndex;
import org.portolan.control.history.store.StockGit;
import org.portolan.control.text.Style;

/** The drawing, as people see it, and read back by a reader that knows only its lines. */
@Timeout(120)
final class GraphAnswerTest {
    @TempDir
    private Path directory;

    private SampleRouter edge;
    private SampleRouter peer;

    @BeforeEach
    void begin() throws IOException {
        edge = new SampleRouter(directory.resolve("edge-1.git"), "edge-1", SampleRouter.BEGIN_S);
        peer = new SampleRouter(directory.resolve("edge-2.git"), "edge-2", SampleRouter.BEGIN_S + 2);
    }

    @AfterEach
    void end() throws IOException {
        edge.close();
        peer.close();
    }

    private static HistoryQuery query(final SampleRouter router) {
        return new HistoryQuery(
                router.git(),
                new WalkingTimeIndex(router.git(), 9),
                86_400,
                () -> new HistoryStatus(List.of(), List.of()));
    }

    private String draw(final String words) throws Exception {
        final StringWriter out = new StringWriter();
        GraphAnswer.write(Request.read("arp-graph --zone=UTC" + words), query(edge), () -> {}, edge.nowS() + 90, out);
        return masked(out.toString());
    }

    /** Ids differ from run to run no more than anything else, but nobody can read them. */
    private static String masked(final String drawn) {
        return drawn.replaceAll("(?<=  )[0-9a-f]{8}(?=  )", "########");
    }

    private void tellAStory() throws IOException {
        edge.learn(address(9), mac(2)).pass(40);
        final SampleRouter.Expiry expiry = edge.expiry();
        edge.learn(address(1), mac(1));
        expiry.dead(address(9)).merge();
        peer.pass(20)
                .learn(address(30), mac(3))
                .pass(5)
                .learn(address(31), mac(4))
                .write();
        edge.pass(86_400).fetch(peer).merge(peer);
        edge.expiry().dead(address(1)).merge();
        edge.write();
        peer.pass(2).learn(address(32), mac(5)).write();
        edge.fetch(peer);
    }

    @Test
    void shouldDrawTheStory() throws Exception {
        tellAStory();
        assertThat(draw("")).isEqualTo("""
            2025-11-25
              16:00:46    1m  ########  edge-1  ●      (primary, expire_1764086445.000001) Arp.tick: updating to age out old entries: 192.168.1.1 -> 02:50:2a:16:6d:01
              16:00:45    1m  ########  edge-1  ○─╮    Arp.merge: edge-2 into edge-1: 2 entries
            2025-11-24                          │ │
              16:00:44   24h  ########  edge-1  ○─│─╮  Arp.tick: merge expiry branch
              16:00:43   24h  ########  edge-1  │ │ ●  (expire_1764000041.000000) Arp.tick: updating to age out old entries: 192.168.1.9 -> 02:50:2a:16:6d:02
              16:00:42   24h  ########  edge-1  ● │ │  entry added: 192.168.1.1 -> 02:50:2a:16:6d:01
              16:00:29   24h  ########  edge-2  │ ● │  entry added: 192.168.1.31 -> 02:50:2a:16:6d:04
              16:00:23   24h  ########  edge-2  │ ● │  entry added: 192.168.1.30 -> 02:50:2a:16:6d:03
              16:00:02   24h  ########  edge-2  │ ● │  Arp.create: Initial empty cache
              16:00:01   24h  ########  edge-1  ●───╯  entry added: 192.168.1.9 -> 02:50:2a:16:6d:02
              16:00:00   24h  ########  edge-1  ●      Arp.create: Initial empty cache
            """);
    }

    @Test
    void shouldDrawItInAsciiCutToTheTerminalWithPeersAndALimit() throws Exception {
        tellAStory();
        assertThat(draw(" --ascii --width=80 --limit=6 --all")).isEqualTo("""
            2025-11-25
              16:00:46  ########  edge-1  *        expired: 192.168.1.1 -> 02:50:2a:16:6d:01
              16:00:45  ########  edge-1  o-.      Arp.merge: edge-2 into edge-1: 2 entries
            2025-11-24                    | |
              16:00:44  ########  edge-1  o-|-.    Arp.tick: merge expiry branch
              16:00:43  ########  edge-1  | | *    expired: 192.168.1.9 -> 02:50:2a:16:6d:02
              16:00:42  ########  edge-1  * | |    added: 192.168.1.1 -> 02:50:2a:16:6d:01
              16:00:32  ########  edge-2  | | | *  added: 192.168.1.32 -> 02:50:2a:16:6d:05
                                          : : : :
            the last 6; there are more (--limit)
            """);
    }

    @Test
    void shouldColorLanesAlike() throws Exception {
        tellAStory();
        final String drawn = draw(" --color");
        assertThat(drawn)
                .contains(
                        "\u001B[32m○\u001B[0m\u001B[33m─\u001B[0m",
                        "\u001B[33m●\u001B[0m",
                        "\u001B[1;32mprimary\u001B[0m")
                .doesNotContain("\u001B[m");
        assertThat(masked(drawn.replaceAll("\u001B\\[[0-9;]+m", ""))).isEqualTo(draw(""));
    }

    @Test
    void shouldNotLetABranchNameSteerTheTerminal() throws Exception {
        edge.write();
        StockGit.run(edge.path(), "branch", "x\u202Ey", "primary");
        assertThat(draw("")).contains("x\\u202Ey").doesNotContain("\u202E");
    }

    /** Lanes are read back as a person would: what stands above each other or on one line belongs together. */
    @Test
    void shouldDrawWhatStockGitKnows() throws Exception {
        for (int seed = 0; seed < 5; seed++) {
            final List<SampleRouter> routers = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                routers.add(new SampleRouter(
                        directory.resolve("r" + seed + i), "edge-" + i, SampleRouter.BEGIN_S + seed % 2 * 200L * i));
            }
            new RandomLife(seed).liveTogether(routers, 25);
            for (final SampleRouter router : routers) {
                for (final boolean ascii : new boolean[] {false, true}) {
                    assertDrawn(router, ascii);
                }
                router.close();
            }
        }
    }

    private static void assertDrawn(final SampleRouter router, final boolean ascii) throws IOException {
        final Map<String, List<String>> expected = new LinkedHashMap<>();
        for (final String line :
                router.log("--all", "--date-order", "--format=%H %P").lines().toList()) {
            final List<String> ids = List.of(line.strip().split(" "));
            expected.put(ids.getFirst(), ids.subList(1, ids.size()));
        }
        final Graph graph = query(router).graph(10_000, true, () -> {});
        assertThat(graph.commits())
                .extracting(commit -> commit.id().name())
                .containsExactlyInAnyOrderElementsOf(expected.keySet());
        assertThat(graph.more()).isFalse();
        final Lanes lanes = new Lanes(graph.primary());
        final GraphArt art = new GraphArt(ascii, 1_000, began -> Style.PLAIN);
        final List<String> drawn = new ArrayList<>();
        for (final GraphCommit commit : graph.commits()) {
            final boolean merge = commit.parents().size() > 1;
            drawn.add(art.row(lanes.place(commit.id(), commit.parents()), merge).text(0, "", false));
        }
        final Map<String, List<String>> read = read(
                drawn,
                graph.commits().stream().map(commit -> commit.id().name()).toList(),
                ascii);
        expected.forEach(
                (commit, parents) -> assertThat(read.get(commit)).as(commit).isEqualTo(parents));
        final List<Long> times = new ArrayList<>();
        final Map<ObjectId, Integer> rows = new HashMap<>();
        graph.commits().forEach(commit -> rows.put(commit.id(), rows.size()));
        graph.commits()
                .forEach(commit -> commit.parents()
                        .forEach(parent -> assertThat(rows.get(parent)).isGreaterThan(rows.get(commit.id()))));
        graph.commits().forEach(commit -> times.add(commit.timeS()));
        if (distinct(times)) {
            assertThat(graph.commits())
                    .extracting(commit -> commit.id().name())
                    .containsExactlyElementsOf(expected.keySet());
        }
    }

    private static boolean distinct(final List<Long> times) {
        return times.stream().distinct().count() == times.size();
    }

    /** The parents of each commit, the first parent first, out of nothing but the lines. */
    private static Map<String, List<String>> read(
            final List<String> rows, final List<String> commits, final boolean ascii) {
        final Map<String, List<String>> parents = new HashMap<>();
        commits.forEach(commit -> parents.put(commit, new ArrayList<>()));
        final Map<Integer, List<String>> waiting = new HashMap<>();
        for (int row = 0; row < rows.size(); row++) {
            final String line = rows.get(row);
            final String commit = commits.get(row);
            final int node = indexOf(line, ascii ? "*o" : "●○");
            for (int column = 0; column < Math.max(line.length(), 4_000); column += 2) {
                final String glyph = column < line.length() ? line.substring(column, column + 1) : " ";
                if (column == node || (ascii ? "'" : "╯╰┴").contains(glyph)) {
                    assertThat(column == node || linked(line, node, column)).isTrue();
                    waiting.getOrDefault(column, List.of())
                            .forEach(child -> parents.get(child).add(commit));
                    waiting.remove(column);
                } else if ((ascii ? "." : "╮╭┬").contains(glyph)) {
                    assertThat(linked(line, node, column)).isTrue();
                    waiting.put(column, new ArrayList<>(List.of(commit)));
                } else if ((ascii ? "+" : "┤├┼").contains(glyph)) {
                    assertThat(linked(line, node, column) && waiting.containsKey(column))
                            .isTrue();
                    waiting.get(column).add(commit);
                } else if ((ascii ? "|" : "│").contains(glyph)) {
                    assertThat(waiting).containsKey(column);
                } else {
                    waiting.remove(column);
                }
            }
            waiting.put(node, new ArrayList<>(List.of(commit)));
        }
        sortFirstParentsFirst(parents, rows, commits, ascii);
        return parents;
    }

    /** The lane in the commit's own column leads to the first parent; which of the parents that is, is read there. */
    private static void sortFirstParentsFirst(
            final Map<String, List<String>> parents,
            final List<String> rows,
            final List<String> commits,
            final boolean ascii) {
        for (int row = 0; row < rows.size(); row++) {
            final int node = indexOf(rows.get(row), ascii ? "*o" : "●○");
            for (int below = row + 1; below < rows.size(); below++) {
                final String line = rows.get(below);
                final String glyph = node < line.length() ? line.substring(node, node + 1) : " ";
                if ((ascii ? "*o'" : "●○╯╰┴").contains(glyph)) {
                    final List<String> mine = parents.get(commits.get(row));
                    if (mine.remove(commits.get(below))) {
                        mine.addFirst(commits.get(below));
                    }
                    break;
                }
            }
        }
    }

    private static int indexOf(final String line, final String any) {
        for (int i = 0; i < line.length(); i += 2) {
            if (any.indexOf(line.charAt(i)) >= 0) {
                return i;
            }
        }
        throw new AssertionError("no commit in: " + line);
    }

    /** Whether there is a line across all the way. */
    private static boolean linked(final String line, final int node, final int column) {
        for (int i = Math.min(node, column) + 1; i < Math.max(node, column); i += 2) {
            if ("─-".indexOf(line.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }
}
