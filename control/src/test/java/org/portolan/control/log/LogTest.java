package org.portolan.control.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
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
    void shouldBeginWithLocalTimeItsOffsetAndTheLevel() {
        final long wallMs = 1_795_478_400_120L;
        final LineStart start = new LineStart(Log.Style.TIME, () -> wallMs, ZoneId.of("Europe/Berlin"));
        final Log log = new Log((level, line) -> out.print(line), start, Log.Level.DEBUG, nowNs::get);
        log.info("device %s is up", "eth0");
        log.error("gone");
        out.flush();
        assertThat(lines())
                .containsExactly(
                        "2026-11-24T01:00:00.120+01:00 info  device eth0 is up",
                        "2026-11-24T01:00:00.120+01:00 error gone");
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
        assertThat(lines()).hasSize(MessageLimit.BURST).last().isEqualTo("<4>flood 9");
        journal.warn("another kind");
        assertThat(lines()).hasSize(MessageLimit.BURST + 1);
        nowNs.addAndGet(MessageLimit.WINDOW_NS);
        journal.warn("flood %d", 25);
        assertThat(lines()).endsWith("<4>15 more messages like 'flood 9' were suppressed", "<4>flood 25");
    }

    @Test
    void shouldSayHowManyWereSuppressedThoughNoMoreCome() {
        for (int i = 0; i < 12; i++) {
            journal.info("flood");
        }
        journal.settle();
        assertThat(lines()).as("the second is not over").hasSize(10);
        nowNs.addAndGet(MessageLimit.WINDOW_NS);
        journal.settle();
        journal.settle();
        assertThat(lines()).hasSize(11).last().isEqualTo("<6>2 more messages like 'flood' were suppressed");
    }

    @Test
    void shouldSayHowManyWereSuppressedAtTheEnd() {
        for (int i = 0; i < 1_010; i++) {
            journal.info("flood");
        }
        journal.close();
        assertThat(lines()).last().isEqualTo("<6>1,000 more messages like 'flood' were suppressed");
    }

    @Test
    void shouldTellASuppressedMessageAsThePersonReadsIt() {
        for (int i = 0; i < 11; i++) {
            journal.info("%s made %d neighbor%s static", "root", i, i == 1 ? "" : "s");
        }
        journal.close();
        assertThat(lines()).last().isEqualTo("<6>1 more message like 'root made 9 neighbors static' was suppressed");
    }

    @Test
    void shouldCutALongExampleAndALongMessage() {
        for (int i = 0; i < 11; i++) {
            journal.info("%s", "x".repeat(100_000));
        }
        journal.close();
        assertThat(lines()).first().isEqualTo("<6>" + "x".repeat(8_192) + "...");
        assertThat(lines()).last().isEqualTo("<6>1 more message like '" + "x".repeat(120) + "...' was suppressed");
    }

    @Test
    void shouldBoundTheKinds() {
        for (int i = 0; i < MessageLimit.KINDS + 1_000; i++) {
            journal.info("kind " + i);
        }
        assertThat(lines()).hasSize(MessageLimit.KINDS + MessageLimit.BURST);
        journal.close();
        assertThat(lines()).last().isEqualTo("<6>990 more messages of other kinds were suppressed");
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
