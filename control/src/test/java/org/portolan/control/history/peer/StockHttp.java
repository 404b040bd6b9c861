package org.portolan.control.history.peer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Stock git's server of http:// (git-http-backend, a CGI program), for every repository in a directory. */
final class StockHttp implements AutoCloseable {
    private final HttpServer server;

    StockHttp(final Path directory) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                answer(exchange, directory);
            }
        });
        server.start();
    }

    private static void answer(final HttpExchange exchange, final Path directory) throws IOException {
        final ProcessBuilder builder = new ProcessBuilder("git", "-c", "safe.directory=*", "http-backend");
        final Map<String, String> environment = builder.environment();
        environment.put("GIT_PROJECT_ROOT", directory.toString());
        environment.put("GIT_HTTP_EXPORT_ALL", "1");
        environment.put("REQUEST_METHOD", exchange.getRequestMethod());
        environment.put("PATH_INFO", exchange.getRequestURI().getPath());
        environment.put("QUERY_STRING", String.valueOf(exchange.getRequestURI().getQuery()));
        environment.put("CONTENT_TYPE", header(exchange, "Content-Type"));
        environment.put("GIT_PROTOCOL", header(exchange, "Git-Protocol"));
        environment.put("REMOTE_ADDR", "127.0.0.1");
        final byte[] request = exchange.getRequestBody().readAllBytes();
        environment.put("CONTENT_LENGTH", String.valueOf(request.length));
        final Process process =
                builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        process.getOutputStream().write(request);
        process.getOutputStream().close();
        try (InputStream out = process.getInputStream()) {
            int status = 200;
            for (String line = line(out); !line.isEmpty(); line = line(out)) {
                final String[] parts = line.split(": ", 2);
                if (parts[0].equals("Status")) {
                    status = Integer.parseInt(parts[1].substring(0, 3));
                } else {
                    exchange.getResponseHeaders().add(parts[0], parts[1]);
                }
            }
            exchange.sendResponseHeaders(status, 0);
            out.transferTo(exchange.getResponseBody());
        }
    }

    private static String header(final HttpExchange exchange, final String name) {
        final String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    private static String line(final InputStream in) throws IOException {
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.US_ASCII);
    }

    URI url(final String repository) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + repository);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
