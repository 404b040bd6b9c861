package org.portolan.control.admin;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.portolan.control.answer.ArpAnswer;
import org.portolan.control.answer.HistoryAnswer;
import org.portolan.control.answer.InterfacesAnswer;
import org.portolan.control.answer.LatencyAnswer;
import org.portolan.control.answer.NeighborsAnswer;
import org.portolan.control.answer.Request;
import org.portolan.control.answer.SessionsAnswer;
import org.portolan.control.answer.StatsAnswer;
import org.portolan.control.answer.VersionAnswer;
import org.portolan.control.history.store.HistoryException;
import org.portolan.control.log.Log;
import org.portolan.control.text.UsageException;
import org.portolan.control.view.RefusedException;
import org.portolan.control.view.RouterView;

/**
 * One client: reads its line, answers it, closes. It runs on a thread of its own, in blocking mode; what it waits for
 * is bounded by the server, which closes the channel under it when the time is up.
 */
final class AdminConnection implements Runnable {
    private final SocketChannel channel;
    private final SocketUser user;
    private final RouterView view;
    private final Log log;
    private final Consumer<AdminConnection> onEnd;
    private final long startNs;
    /** Written by this connection's thread, read by the server's; a late look at it only costs a late close. */
    private volatile long progressNs;

    private volatile boolean requestRead;

    AdminConnection(
            final SocketChannel channel,
            final SocketUser user,
            final RouterView view,
            final Log log,
            final Consumer<AdminConnection> onEnd) {
        this.channel = channel;
        this.user = user;
        this.view = view;
        this.log = log;
        this.onEnd = onEnd;
        this.startNs = System.nanoTime();
        this.progressNs = startNs;
    }

    @Override
    public void run() {
        try (channel) {
            serve();
        } catch (final IOException e) {
            log.debug("control socket: the client is gone: %s", e);
        } catch (final RuntimeException | Error e) {
            log.failure("control socket", e);
        } finally {
            onEnd.accept(this);
        }
    }

    /** Whether it has used up its time. */
    boolean isOverdue(final long nowNs, final AdminServer.Patience patience) {
        final long silentMs = (nowNs - progressNs) / 1_000_000;
        return silentMs > (requestRead ? patience.stallMs() : patience.requestMs())
                || (nowNs - startNs) / 1_000_000 > patience.lifeMs();
    }

    /** Ends the thread wherever it waits; called by the server's thread. */
    void cutOff() {
        try {
            channel.close();
        } catch (final IOException e) {
            log.debug("control socket: close: %s", e);
        }
    }

    private void serve() throws IOException {
        final Response response = new Response(channel, () -> progressNs = System.nanoTime());
        final String line;
        try {
            line = readLine();
        } catch (final UsageException e) {
            response.refuse(Response.USAGE, e.getMessage());
            return;
        }
        if (line != null) {
            requestRead = true;
            progressNs = System.nanoTime();
            answer(line, response);
        }
    }

    private void answer(final String line, final Response response) throws IOException {
        try {
            final Request request = Request.read(line);
            response.begin();
            final Writer out = new OutputStreamWriter(response, StandardCharsets.UTF_8);
            switch (request.verb()) {
                case "sessions" -> SessionsAnswer.write(request, view, out);
                case "stats" -> StatsAnswer.write(request, view, out);
                case "latency" -> LatencyAnswer.write(request, view, out);
                case "interfaces" -> InterfacesAnswer.write(request, view, out);
                case "arp" -> ArpAnswer.write(request, view, () -> response.working(out), out);
                case HistoryAnswer.LOG, HistoryAnswer.WHO, HistoryAnswer.GRAPH, HistoryAnswer.STATUS ->
                    HistoryAnswer.write(request, view, () -> response.working(out), out);
                case VersionAnswer.VERB -> VersionAnswer.write(request, out);
                case NeighborsAnswer.ADD, NeighborsAnswer.DEL, NeighborsAnswer.FLUSH, NeighborsAnswer.LOAD ->
                    NeighborsAnswer.write(request, view, user.text(channel), out);
                // Request.read has let only these pass: a verb that it knows and this does not is a fault of ours.
                default -> throw new IllegalStateException("no handler for the verb " + request.verb());
            }
            out.flush();
            response.end();
        } catch (final UsageException e) {
            response.refuse(Response.USAGE, e.getMessage());
        } catch (final RefusedException | HistoryException e) {
            response.refuse(Response.ERROR, e.getMessage());
        } catch (final RuntimeException e) {
            log.failure("control socket: " + line, e);
            response.refuse(Response.ERROR, "internal error: " + Log.describe(e));
        }
    }

    /** One line without its end; null when the client left without a request. */
    private String readLine() throws IOException, UsageException {
        final ByteBuffer buffer = ByteBuffer.allocate(Request.LONGEST_BYTES);
        while (buffer.hasRemaining()) {
            final int from = buffer.position();
            if (channel.read(buffer) < 0) {
                return null;
            }
            for (int i = from; i < buffer.position(); i++) {
                if (buffer.get(i) == '\n') {
                    return new String(buffer.array(), 0, i, StandardCharsets.ISO_8859_1);
                }
            }
        }
        throw new UsageException("the request is longer than %d bytes".formatted(Request.LONGEST_BYTES));
    }
}
