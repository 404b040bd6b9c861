package org.portolan.control.verb;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.portolan.control.admin.AdminServer;
import org.portolan.control.log.Log;
import org.portolan.control.view.SampleView;

/** The command line without a process of its own, and a router of the tests' own that it asks. */
final class VerbRig implements AutoCloseable {
    final SampleView view = new SampleView(3);
    final Path socket;
    final Map<String, String> environment = new HashMap<>();
    boolean terminal;
    private final AdminServer server;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    VerbRig(final Path directory) throws IOException {
        socket = directory.resolve("c.sock");
        final Log silent = new Log(
                new PrintStream(OutputStream.nullOutputStream()),
                Log.Style.JOURNAL,
                Log.Level.ERROR,
                System::nanoTime,
                () -> 0);
        server = AdminServer.open(socket, Optional.empty(), Optional.empty(), silent);
        server.start(view);
    }

    int run(final String... words) {
        return run(out, words);
    }

    int run(final OutputStream to, final String... words) {
        final PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        environment.put("PORTOLAN_SOCKET", socket.toString());
        return Verbs.execute(
                List.of(words),
                new Surroundings(
                        to,
                        errors,
                        terminal,
                        environment,
                        (config, log) -> ExitCode.FAILED,
                        (config, order, warnings) -> ""));
    }

    /** What was printed since the last call. */
    String takeOut() {
        final String text = out.toString(StandardCharsets.UTF_8);
        out.reset();
        return text;
    }

    /** What was complained of since the last call. */
    String takeErr() {
        final String text = err.toString(StandardCharsets.UTF_8);
        err.reset();
        return text;
    }

    @Override
    public void close() {
        server.close();
    }
}
