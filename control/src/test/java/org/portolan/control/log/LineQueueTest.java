package org.portolan.control.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The log before a reader that stalls, is slow, is gone or comes back. */
@Timeout(60)
final class LineQueueTest {
    private static final int CATCH_UP_MS = 20_000;

    /** A stderr that a test holds and lets go. */
    private static final class Reader implements WritableByteChannel {
        private final StringBuilder text = new StringBuilder();
        private boolean stalled;
        private boolean gone;
        private boolean full;

        synchronized void stall(final boolean now) {
            stalled = now;
            notifyAll();
        }

        synchronized void leave(final boolean now) {
            gone = now;
        }

        synchronized void fill(final boolean now) {
            full = now;
        }

        synchronized String text() {
            return text.toString();
        }

        @Override
        public synchronized int write(final ByteBuffer bytes) throws IOException {
            while (stalled) {
                try {
                    wait();
                } catch (final InterruptedException e) {
                    throw new IOException(e);
                }
            }
            if (gone) {
                throw new IOException("Broken pipe");
            }
            if (full) {
                return 0;
            }
            final int length = bytes.remaining();
            text.append(StandardCharsets.UTF_8.decode(bytes));
            return length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    private final Reader reader = new Reader();

    private static String loss(final int count) {
        return count + " lost\n";
    }

    private LineQueue queue() {
        return new LineQueue(reader, LineQueueTest::loss, CATCH_UP_MS, CATCH_UP_MS).start();
    }

    private static void put(final LineQueue queue, final String line) {
        queue.put(Log.Level.INFO, line + "\n");
    }

    @Test
    void shouldWriteLinesInTheirOrder() {
        final LineQueue queue = queue();
        final List<String> lines = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            put(queue, "line " + i);
            lines.add("line " + i);
        }
        queue.close();
        assertThat(reader.text().lines()).containsExactlyElementsOf(lines);
    }

    @Test
    void shouldNotMakeWhoLogsWaitAndTellWhereLinesAreMissing() {
        reader.stall(true);
        final LineQueue queue = queue();
        for (int i = 0; i < LineQueue.MOST_LINES + 1_000; i++) {
            put(queue, "line " + i);
        }
        reader.stall(false);
        queue.close();
        put(queue, "after");
        queue.close();
        final List<String> lines = reader.text().lines().toList();
        final int written = lines.size() - 2;
        assertThat(written).as("one may be out of the queue already").isBetween(1_024, 1_025);
        assertThat(lines.get(written - 1)).isEqualTo("line " + (written - 1));
        assertThat(lines.get(written)).isEqualTo((2_024 - written) + " lost");
        assertThat(lines.getLast()).isEqualTo("after");
    }

    @Test
    void shouldTellTheLossInFrontOfTheNextLineThatFits() {
        final LineQueue queue = new LineQueue(reader, LineQueueTest::loss, CATCH_UP_MS, CATCH_UP_MS);
        for (int i = 0; i < LineQueue.MOST_LINES + 3; i++) {
            put(queue, "line");
        }
        queue.put(Log.Level.ERROR, "the end\n");
        queue.start().close();
        assertThat(reader.text()).endsWith("line\n3 lost\nthe end\n").hasLineCount(LineQueue.MOST_LINES + 2);
    }

    @Test
    void shouldBoundTheBytesToo() {
        final LineQueue queue = new LineQueue(reader, LineQueueTest::loss, CATCH_UP_MS, CATCH_UP_MS);
        for (int i = 0; i < 100; i++) {
            put(queue, "x".repeat(8_191));
        }
        queue.start().close();
        assertThat(reader.text()).hasLineCount(33).endsWith("68 lost\n");
        assertThat(reader.text().length()).isEqualTo(LineQueue.MOST_BYTES + "68 lost\n".length());
    }

    @Test
    void shouldKeepAReserveForErrorsWhichIsBoundedToo() {
        final LineQueue queue = new LineQueue(reader, LineQueueTest::loss, CATCH_UP_MS, CATCH_UP_MS);
        for (int i = 0; i < LineQueue.MOST_LINES; i++) {
            put(queue, "chatter");
        }
        for (int i = 0; i < LineQueue.ERROR_LINES + 10; i++) {
            queue.put(Log.Level.ERROR, "error\n");
        }
        queue.start().close();
        assertThat(reader.text().lines().filter("error"::equals)).hasSize(LineQueue.ERROR_LINES);
        assertThat(reader.text()).endsWith("10 lost\n");
    }

    @Test
    void shouldGiveAStalledReaderUp() {
        reader.stall(true);
        final LineQueue queue = new LineQueue(reader, LineQueueTest::loss, 50, CATCH_UP_MS * 10).start();
        put(queue, "nobody reads this");
        queue.close();
        assertThat(reader.text()).isEmpty();
        reader.stall(false);
    }

    @Test
    void shouldGiveUpAReaderThatNeverComesToAnEnd() {
        final LineQueue queue = new LineQueue(reader, LineQueueTest::loss, CATCH_UP_MS, 50);
        put(queue, "the thread that writes has not started");
        queue.close();
        assertThat(reader.text()).isEmpty();
    }

    @Test
    void shouldCountWhatAReaderThatIsGoneMissedAndNotWaitForIt() {
        reader.leave(true);
        final LineQueue queue = queue();
        for (int i = 0; i < 5; i++) {
            put(queue, "line");
        }
        queue.close();
        assertThat(reader.text()).isEmpty();
        reader.leave(false);
        awaitText("lost");
        assertThat(reader.text()).contains("1 lost");
    }

    @Test
    void shouldTryAgainWhenANonBlockingDescriptorIsFull() {
        reader.fill(true);
        final LineQueue queue = queue();
        put(queue, "patience");
        reader.fill(false);
        queue.close();
        assertThat(reader.text()).isEqualTo("patience\n");
    }

    private void awaitText(final String part) {
        for (int i = 0; i < 2_000 && !reader.text().contains(part); i++) {
            try {
                Thread.sleep(10);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void shouldLetTheRouterGoOnThoughAPipeIsFull() throws Exception {
        final Pipe pipe = Pipe.open();
        final Log log = Log.queued(
                pipe.sink(), new LineStart(Log.Style.JOURNAL, () -> 0, ZoneOffset.UTC), Log.Level.INFO, () -> {});
        final CountDownLatch done = new CountDownLatch(1);
        final Thread control = Thread.ofPlatform().daemon().start(() -> {
            for (int kind = 0; kind < 200; kind++) {
                for (int i = 0; i < MessageLimit.BURST; i++) {
                    log.info("kind " + kind + " %s", "x".repeat(200));
                }
            }
            log.close();
            done.countDown();
        });
        assertThat(done.await(30, TimeUnit.SECONDS))
                .as(() -> List.of(control.getStackTrace()).toString())
                .isTrue();
        log.error("the last one");
        final Thread readAll = Thread.ofPlatform().daemon().start(log::close);
        final StringBuilder read = new StringBuilder();
        final ByteBuffer buffer = ByteBuffer.allocate(65_536);
        while (!read.toString().contains("the last one")) {
            pipe.source().read(buffer.clear());
            read.append(StandardCharsets.UTF_8.decode(buffer.flip()));
        }
        readAll.join();
        assertThat(read.toString())
                .containsPattern(
                        "<4>[0-9]{1,3} messages were lost because the log's reader did not keep up\n<3>the last");
        pipe.source().close();
        pipe.sink().close();
    }
}
