package org.portolan.control.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LogTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AtomicLong nowNs = new AtomicLong(-5);
    private final PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    private final Log journal = new Log(out, Log.Style.JOURNAL, Log.Level.INFO, nowNs::get, () -> 0);

    @Test
    void shouldBeginWithTimeAndLevelOnATerminal() {
        final long wallMs = 1_795_478_400_120L;
        final Log log = new Log(out, Log.Style.TERMINAL, Log.Level.DEBUG, nowNs::get, () -> wallMs);
        log.info("device %s is up", "eth0");
        log.error("gone");
        assertThat(lines())
                .containsExactly(
                        "2026-11-24T00:00:00.120Z info  device eth0 is up", "2026-11-24T00:00:00.120Z error gone");
    }

    @Test
    void shouldBeginWithThePriorityForTheJournal() {
        final Log log = new Log(out, Log.Style.JOURNAL, Log.Level.DEBUG, nowNs::get, () -> 0);
        log.error("a");
        log.warn("b");
        log.info("c");
        log.debug("d");
        assertThat(lines()).containsExactly("<3>a", "<4>b", "<6>c", "<7>d");
    }

    @Test
    void shouldPassOverWhatIsLessImportantThanTheLevel() {
        journal.debug("quiet");
        journal.info("heard");
        assertThat(lines()).containsExactly("<6>heard");
    }

    @Test
    void shouldSuppressTheEleventhOfAKindInASecondAndSayHowMany() {
        for (int i = 0; i < 25; i++) {
            journal.warn("flood %d", i);
        }
        assertThat(lines()).hasSize(RateLimit.BURST).last().isEqualTo("<4>flood 9");
        journal.warn("another kind");
        assertThat(lines()).hasSize(RateLimit.BURST + 1);
        nowNs.addAndGet(RateLimit.WINDOW_NS);
        journal.warn("flood %d", 25);
        assertThat(lines()).endsWith("<4>15 more of this kind were suppressed: flood %d", "<4>flood 25");
    }

    @Test
    void shouldSayHowManyWereSuppressedThoughNoMoreCome() {
        for (int i = 0; i < 12; i++) {
            journal.info("flood");
        }
        journal.settle();
        assertThat(lines()).as("the second is not over").hasSize(10);
        nowNs.addAndGet(RateLimit.WINDOW_NS);
        journal.settle();
        journal.settle();
        assertThat(lines()).hasSize(11).last().isEqualTo("<4>2 more of this kind were suppressed: flood");
    }

    @Test
    void shouldSayHowManyWereSuppressedAtTheEnd() {
        for (int i = 0; i < 1_010; i++) {
            journal.info("flood");
        }
        journal.close();
        assertThat(lines()).last().isEqualTo("<4>1,000 more of this kind were suppressed: flood");
    }

    @Test
    void shouldBoundTheKinds() {
        for (int i = 0; i < RateLimit.KINDS + 1_000; i++) {
            journal.info("kind " + i);
        }
        assertThat(lines()).hasSize(RateLimit.KINDS + RateLimit.BURST);
    }

    @Test
    void shouldKeepAnEventOnOneLine() {
        journal.warn("device %s", "a\nb\u001B[31m\u202Ec\u0085\uD800");
        assertThat(lines()).containsExactly("<4>device a\\u000Ab\\u001B[31m\\u202Ec\\u0085\\uD800");
        journal.warn("wire %s", "Büro \uD83D\uDEA2");
        assertThat(lines()).last().isEqualTo("<4>wire Büro \uD83D\uDEA2");
    }

    @Test
    void shouldNotThrowForAWrongFormat() {
        journal.warn("%d frames", "many");
        journal.warn("%s and %s", "one");
        journal.warn("100 %");
        assertThat(lines()).containsExactly("<4>%d frames", "<4>%s and %s", "<4>100 %");
    }

    @Test
    void shouldTellAMistakeOfOurOwnOnOneLine() {
        journal.failure("expiry", new IllegalStateException("no\nslot"));
        assertThat(lines()).hasSize(1);
        assertThat(lines().getFirst())
                .matches("<3>expiry: IllegalStateException: no\\\\u000Aslot \\(at LogTest.java:\\d+\\)");
    }

    @Test
    void shouldKeepLinesWholeWhenSeveralThreadsLog() throws InterruptedException {
        final List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(i -> Thread.ofPlatform().start(() -> {
                    for (int n = 0; n < 50; n++) {
                        journal.info("thread " + i + " line " + n);
                    }
                }))
                .toList();
        for (final Thread thread : threads) {
            thread.join();
        }
        assertThat(lines()).hasSize(200).allMatch(line -> line.matches("<6>thread \\d line \\d+"));
    }

    private List<String> lines() {
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
