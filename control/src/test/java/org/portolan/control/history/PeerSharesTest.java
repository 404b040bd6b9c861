package org.portolan.control.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.control.history.PeerShares.Room;
import org.portolan.control.history.peer.PeerFetch.Extent;
import org.portolan.control.history.retain.Compaction.Compacted;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.log.Log;

/** What peers may bring is bounded, so that this router's own past stays. */
@Timeout(300)
final class PeerSharesTest {
    private static final long DAY_MICROS = 86_400_000_000L;
    private static final long HOUR_MICROS = DAY_MICROS / 24;
    /** A peer may bring 100,000 bytes of it at once. */
    private static final long MOST = 400_000;

    @TempDir
    private Path directory;

    private final java.io.ByteArrayOutputStream said = new java.io.ByteArrayOutputStream();
    private final Log log = new Log(
            new PrintStream(said, true, StandardCharsets.UTF_8), Log.Style.JOURNAL, Log.Level.DEBUG, () -> 0, () -> 0);
    private long steady = 1;

    private PeerShares shares(final int peers) {
        return new PeerShares(directory, MOST, 100, peers, new Clocks(() -> steady, () -> steady), log);
    }

    @Test
    void shouldTakeAllThenWhatIsSharedThenNothing() {
        final PeerShares shares = shares(1);
        assertThat(shares.room("edge-2", 75_000)).isEqualTo(Room.ALL);
        assertThat(shares.wanted("edge-2")).isEqualTo(Extent.ALL);
        shares.charge("edge-2", Map.of("pack-1", 80_000L));
        assertThat(shares.wanted("edge-2")).isEqualTo(Extent.HEAD_ALONE);
        assertThat(shares.room("edge-2", 1)).isEqualTo(Room.SHARED);
        shares.charge("edge-2", Map.of("pack-2", 20_000L));
        assertThat(shares.room("edge-2", 1)).isEqualTo(Room.NONE);
        assertThat(shares.room("edge-3", 75_000)).as("each has its own share").isEqualTo(Room.ALL);
        assertThat(shares(2).room("edge-3", 40_000)).isEqualTo(Room.SHARED);
    }

    @Test
    void shouldForgiveAShareInTheTimeThatTheHistoryIsKept() {
        shares(1).charge("edge-2", Map.of("pack-1", 100_000L));
        final PeerShares shares = shares(1);
        assertThat(shares.used("edge-2")).as("after a restart").isEqualTo(100_000);
        steady += 25 * DAY_MICROS;
        assertThat(shares.used("edge-2")).isEqualTo(75_000);
        steady += 25 * DAY_MICROS;
        assertThat(shares.room("edge-2", 25_000)).isEqualTo(Room.ALL);
        assertThat(shares.room("edge-2", 26_000)).isEqualTo(Room.SHARED);
        steady += 100 * DAY_MICROS;
        assertThat(shares.used("edge-2")).isZero();
    }

    /** Once an hour, and when it ends: a router that is restarted each week would forgive nothing else. */
    @Test
    void shouldForgiveAcrossRestarts() {
        final PeerShares first = shares(1);
        first.charge("edge-2", Map.of("pack-1", 100_000L));
        steady += 25 * DAY_MICROS - HOUR_MICROS / 2;
        first.keep();
        steady += HOUR_MICROS / 2;
        first.keep();
        assertThat(shares(1).used("edge-2")).as("after a crash").isBetween(75_000L, 75_100L);
        first.close();
        final PeerShares second = shares(1);
        assertThat(second.used("edge-2")).as("after a restart").isEqualTo(75_000);
        steady += 100 * DAY_MICROS;
        second.close();
        assertThat(shares(1).used("edge-2")).isZero();
    }

    @Test
    void shouldWriteNothingWhileThereIsNothingToForgive() {
        final PeerShares shares = shares(1);
        for (int hour = 0; hour < 3; hour++) {
            steady += HOUR_MICROS;
            shares.keep();
        }
        shares.close();
        assertThat(directory.resolve(PeerShares.NAME)).doesNotExist();
    }

    @Test
    void shouldGiveBackWhatMergingSaves() {
        final PeerShares shares = shares(1);
        shares.charge("edge-2", Map.of("pack-1", 40_000L, "pack-2", 40_000L));
        shares.merged(new Compacted(List.of("pack-1", "pack-of-our-own"), 100, 50_000, 5_000));
        assertThat(shares.used("edge-2")).isEqualTo(45_000);
        shares.merged(new Compacted(List.of("pack-1"), 100, 50_000, 5_000));
        assertThat(shares.used("edge-2")).isEqualTo(45_000);
        assertThat(shares(1).used("edge-2")).as("after a crash").isEqualTo(45_000);
    }

    /** What was saved may be our own: all of the new pack may be the peer's. */
    @Test
    void shouldNotGiveAPeerWhatMergingSavesOfOthers() {
        final PeerShares shares = shares(2);
        shares.charge("edge-2", Map.of("pack-1", 20_000L, "pack-2", 10_000L));
        shares.charge("edge-3", Map.of("pack-3", 20_000L));
        shares.merged(new Compacted(List.of("pack-1", "pack-3", "ours-1", "ours-2"), 100, 200_000, 21_000));
        assertThat(shares.used("edge-2")).isEqualTo(30_000);
        assertThat(shares.used("edge-3")).isEqualTo(20_000);
        shares.merged(new Compacted(List.of("pack-2", "ours-3"), 100, 100_000, 12_000));
        assertThat(shares.used("edge-2")).isEqualTo(30_000);
    }

    /** What came is known before, and what the merge writes is not. */
    @Test
    void shouldRefuseAMeetingThatAddsMoreThanIsLeft() throws IOException {
        final PeerShares shares = shares(1);
        shares.requireRoom("edge-2", 100_000, true);
        shares.charge("edge-2", Map.of("pack-1", 60_000L));
        assertThat(shares.room("edge-2", 15_000)).isEqualTo(Room.ALL);
        assertThatThrownBy(() -> shares.requireRoom("edge-2", 40_001, true))
                .isInstanceOf(HistoryException.class)
                .hasMessageStartingWith(
                        "what it brings now is more than is left of its share of history.max_size (97 KiB");
        assertThat(shares.wanted("edge-2")).as("less of it may have room").isEqualTo(Extent.HEAD_ALONE);
        assertThat(shares.roomForHead("edge-2")).isEqualTo(Room.SHARED);
        shares.requireRoom("edge-2", 40_000, false);
        assertThatThrownBy(() -> shares.requireRoom("edge-2", 40_001, false)).isInstanceOf(HistoryException.class);
        steady += HOUR_MICROS;
        assertThat(shares.wanted("edge-2")).isEqualTo(Extent.ALL);
        shares.charge("edge-2", Map.of("pack-2", 50_000L));
        shares.requireRoom("edge-2", 0, true);
        assertThatThrownBy(() -> shares.requireRoom("edge-2", 1, true)).isInstanceOf(HistoryException.class);
    }

    /** No smaller one exists: it would be shut out permanently. What it brings in the time that is kept is its part. */
    @Test
    void shouldTakeATableOfMoreThanIsTakenAtOnceFromAPeerThatHasBroughtNothing() throws IOException {
        final PeerShares shares = shares(1);
        assertThatThrownBy(() -> shares.requireRoom("edge-2", 100_001, true)).isInstanceOf(HistoryException.class);
        assertThatThrownBy(() -> shares.requireRoom("edge-2", 200_001, false))
                .isInstanceOf(HistoryException.class)
                .hasMessageStartingWith("what it says of this router's segments is more than all of its share")
                .hasMessageEndingWith("Raise history.max_size");
        shares.requireRoom("edge-2", 200_000, false);
        shares.charge("edge-2", Map.of("pack-1", 200_000L));
        steady += 99 * DAY_MICROS;
        assertThat(shares.roomForHead("edge-2")).isEqualTo(Room.NONE);
        assertThatThrownBy(() -> shares.requireRoom("edge-2", 1, false)).isInstanceOf(HistoryException.class);
        steady += 3 * DAY_MICROS;
        assertThat(shares.roomForHead("edge-2")).isEqualTo(Room.SHARED);
        shares.charge("edge-2", Map.of("pack-2", 1_000L));
        steady += 99 * DAY_MICROS + 23 * HOUR_MICROS;
        assertThat(shares.used("edge-2")).isZero();
        shares.requireRoom("edge-2", 100_000, false);
        assertThatThrownBy(() -> shares.requireRoom("edge-2", 100_001, false)).isInstanceOf(HistoryException.class);
        shares.close();
        assertThatThrownBy(() -> shares(1).requireRoom("edge-2", 100_001, false))
                .as("after a restart")
                .isInstanceOf(HistoryException.class);
        steady += HOUR_MICROS;
        shares.requireRoom("edge-2", 200_000, false);
    }

    /** The last part of a history that is too large comes in its place, and its head when that is too large as well. */
    @Test
    void shouldAskForLessOfAHistoryThatIsTooLarge() {
        final PeerShares shares = shares(1);
        assertThat(shares.room("edge-2", 90_000)).isEqualTo(Room.SHARED);
        assertThat(shares.wanted("edge-2")).isEqualTo(Extent.LAST_PART);
        assertThat(shares.room("edge-2", 90_000)).isEqualTo(Room.SHARED);
        assertThat(shares.wanted("edge-2")).isEqualTo(Extent.HEAD_ALONE);
        steady += DAY_MICROS / 24;
        assertThat(shares.wanted("edge-2")).isEqualTo(Extent.LAST_PART);
        assertThat(shares.room("edge-2", 60_000)).isEqualTo(Room.ALL);
        assertThat(shares.wanted("edge-2")).isEqualTo(Extent.ALL);
    }

    /** All or nothing: half of it would be written over the other half. */
    @ParameterizedTest
    @ValueSource(strings = {"many", "-1", "99999999999999999999", ""})
    void shouldBeginWithWholeSharesWhenTheFileIsDamaged(final String bytes) throws IOException {
        Files.writeString(
                directory.resolve(PeerShares.NAME), "90000 edge-2\n%s edge-3\n90000 edge-4\n".formatted(bytes));
        final PeerShares shares = shares(1);
        for (final String peer : List.of("edge-2", "edge-3", "edge-4")) {
            assertThat(shares.used(peer)).isZero();
        }
        assertThat(said.toString(StandardCharsets.UTF_8)).containsOnlyOnce("portolan.peers cannot be read");
    }

    /** Also after peers were added or max_size was made smaller. */
    @Test
    void shouldShutNoPeerOutForLongerThanTheHistoryIsKept() throws IOException {
        Files.writeString(directory.resolve(PeerShares.NAME), Long.MAX_VALUE - 1 + " edge-2\n");
        final PeerShares shares = shares(1);
        assertThat(shares.used("edge-2")).isEqualTo(200_000);
        steady += 100 * DAY_MICROS + HOUR_MICROS;
        assertThat(shares.roomForHead("edge-2")).isEqualTo(Room.SHARED);
        assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
    }
}
