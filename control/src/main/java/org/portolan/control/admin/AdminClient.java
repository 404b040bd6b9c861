package org.portolan.control.admin;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import org.portolan.control.text.UsageException;

/** Asks a running router one line and copies the answer. */
public final class AdminClient {
    private static final int BUFFER_BYTES = 65_536;
    private static final int LONGEST_STATUS_BYTES = 8_192;
    private static final long PATIENCE_MS = 10_000;

    private final Path path;
    private final long patienceMs;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    /** When the current wait for the router ends, by nanoTime; 0 while not waiting. Read by the watch. */
    private volatile long waitEndsNs;

    public AdminClient(final Path path) {
        this(path, PATIENCE_MS);
    }

    AdminClient(final Path path, final long patienceMs) {
        this.path = path;
        this.patienceMs = patienceMs;
    }

    /** The router could not be asked, or refused; the message is a sentence. */
    public static final class AskException extends Exception {
        private static final long serialVersionUID = 1L;

        public AskException(final String message) {
            super(message);
        }
    }

    /** Whoever reads our output has left or the disk is full. */
    public static final class OutputException extends IOException {
        private static final long serialVersionUID = 1L;

        public OutputException(final IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** Copies the answer to {@code out} as it comes. */
    public void ask(final String line, final OutputStream out) throws AskException, UsageException, OutputException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            final Thread watch = Thread.ofPlatform().daemon().name("watch").start(() -> watch(channel));
            try {
                beginWait();
                channel.connect(UnixDomainSocketAddress.of(path));
                send(channel, line);
                readStatus(channel);
                copy(channel, out);
            } finally {
                watch.interrupt();
            }
        } catch (final OutputException e) {
            throw e;
        } catch (final IOException e) {
            throw new AskException(sentence(e));
        }
    }

    /** Who hung up meanwhile may have said why before: a failed write is left to the read that follows. */
    private static void send(final SocketChannel channel, final String line) throws ClosedChannelException {
        final ByteBuffer request = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (request.hasRemaining()) {
                channel.write(request);
            }
        } catch (final ClosedChannelException e) {
            throw e;
        } catch (final IOException e) {
            return;
        }
    }

    private void readStatus(final SocketChannel channel) throws IOException, AskException, UsageException {
        int end = -1;
        while (end < 0 && buffer.position() < LONGEST_STATUS_BYTES) {
            final int from = buffer.position();
            if (read(channel) < 0) {
                break;
            }
            for (int i = from; i < buffer.position() && end < 0; i++) {
                end = buffer.get(i) == '\n' ? i : -1;
            }
        }
        final String status = end < 0 ? "" : new String(buffer.array(), 0, end, StandardCharsets.UTF_8);
        if (status.startsWith(Response.USAGE + " ")) {
            throw new UsageException(status.substring(Response.USAGE.length() + 1));
        }
        if (status.startsWith(Response.ERROR + " ")) {
            throw new AskException("the router answers: " + status.substring(Response.ERROR.length() + 1));
        }
        if (!status.equals(Response.OK)) {
            throw new AskException(
                    buffer.position() == 0
                            ? "the router on %s closed the connection without an answer".formatted(path)
                            : "what listens on %s is not a Portolan router".formatted(path));
        }
        buffer.flip().position(end + 1);
        buffer.compact();
    }

    /** The last byte of a whole answer is {@link Response#END}, and it is not part of it. */
    private void copy(final SocketChannel channel, final OutputStream out) throws IOException, AskException {
        do {
            final int length = withoutWaits();
            final boolean whole = length > 0 && buffer.get(length - 1) == Response.END;
            write(out, whole ? length - 1 : length);
            buffer.clear();
            if (whole) {
                return;
            }
        } while (read(channel) >= 0);
        throw new AskException(
                "the answer is incomplete: the router on %s closed the connection. Try again".formatted(path));
    }

    /** What was read, without {@link Response#WAIT}; its length. */
    private int withoutWaits() {
        int length = 0;
        for (int i = 0; i < buffer.position(); i++) {
            final byte each = buffer.get(i);
            if (each != Response.WAIT) {
                buffer.put(length++, each);
            }
        }
        return length;
    }

    private void write(final OutputStream out, final int length) throws OutputException {
        waitEndsNs = 0;
        try {
            out.write(buffer.array(), 0, length);
            out.flush();
        } catch (final IOException e) {
            throw new OutputException(e);
        }
    }

    private int read(final SocketChannel channel) throws IOException {
        beginWait();
        return channel.read(buffer);
    }

    private void beginWait() {
        final long endsNs = System.nanoTime() + patienceMs * 1_000_000;
        waitEndsNs = endsNs == 0 ? 1 : endsNs;
    }

    /** Reads the deadline once: the reader may take it away meanwhile. */
    private boolean isOver() {
        final long endsNs = waitEndsNs;
        return endsNs != 0 && System.nanoTime() - endsNs >= 0;
    }

    /** Closing the channel is what wakes a thread that waits for it. */
    private void watch(final SocketChannel channel) {
        try {
            while (!isOver()) {
                Thread.sleep(Math.clamp(patienceMs / 10, 1, 200));
            }
            channel.close();
        } catch (final InterruptedException | IOException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Told by kind and not by the exception's text, which is the C library's and depends on the locale. */
    private String sentence(final IOException e) {
        if (e instanceof ConnectException || Files.notExists(path)) {
            return "no router is running: nothing answers on %s (for another one: --socket PATH)".formatted(path);
        }
        if (e instanceof ClosedChannelException) {
            return "the router on %s does not answer".formatted(path);
        }
        if (!Files.isWritable(path)) {
            return "no permission to ask the router on %s: be root%s; [control] group in its config says whose members may"
                    .formatted(path, orInGroup());
        }
        return "cannot ask the router on %s: %s".formatted(path, e.getMessage());
    }

    private String orInGroup() {
        try {
            final PosixFileAttributes socket = Files.readAttributes(path, PosixFileAttributes.class);
            return " or in the group " + socket.group().getName();
        } catch (final IOException e) {
            return ""; // Its directory is closed to us.
        }
    }
}
