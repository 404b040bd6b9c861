package org.portolan.control.admin;

import java.io.Flushable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of one answer. Nothing is sent before the first buffer is full, so that what goes wrong early is still
 * reported as an error instead of as half a table.
 */
final class Response extends OutputStream {
    /** Ends a whole answer; tables and JSON never hold it. */
    static final byte END = 0;

    /** Carries nothing: there is more to come (ASCII's synchronous idle). Tables and JSON never hold it. */
    static final byte WAIT = 0x16;

    private static final long SILENCE_NS = 1_000_000_000L;

    static final String OK = "ok";
    static final String USAGE = "usage";
    static final String ERROR = "error";

    private static final int BUFFER_BYTES = 16_384;

    private final SocketChannel channel;
    private final Runnable onProgress;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private boolean sent;
    private long sentNs = System.nanoTime();

    /** @param onProgress called whenever the other side has taken something */
    Response(final SocketChannel channel, final Runnable onProgress) {
        this.channel = channel;
        this.onProgress = onProgress;
    }

    /** The status line, before anything else. */
    void begin() {
        buffer.put((OK + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Instead of what was written so far, when nothing of it was sent; otherwise the answer just stays cut. */
    void refuse(final String status, final String sentence) throws IOException {
        if (sent) {
            return;
        }
        buffer.clear();
        write((status + " " + sentence.replace('\n', ' ') + "\n").getBytes(StandardCharsets.UTF_8));
        end();
    }

    /**
     * To be called while an answer is searched for: what was found so far is sent once a second, and a sign of life, so
     * that the client does not give up, and that it is seen when nobody listens any more.
     */
    void working(final Flushable writer) throws IOException {
        if (System.nanoTime() - sentNs > SILENCE_NS) {
            writer.flush();
            write(WAIT);
            drain();
        }
    }

    /** The answer is whole. */
    void end() throws IOException {
        write(END);
        drain();
    }

    @Override
    public void write(final int b) throws IOException {
        if (!buffer.hasRemaining()) {
            drain();
        }
        buffer.put((byte) b);
    }

    @Override
    public void write(final byte[] bytes, final int offset, final int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (!buffer.hasRemaining()) {
                drain();
            }
            final int part = Math.min(buffer.remaining(), length - done);
            buffer.put(bytes, offset + done, part);
            done += part;
        }
    }

    private void drain() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            sent = true;
            channel.write(buffer);
            onProgress.run();
        }
        buffer.clear();
        sentNs = System.nanoTime();
    }
}
