package org.portolan.control.history.peer;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * http:// and https://, as git's smart servers speak it (gitprotocol-http). No redirect is followed, no cookie kept, no
 * password sent; the "dumb" form, in which a client takes the server's files one by one, is not spoken.
 */
final class HttpWire implements PeerWire {
    private static final String TYPE = "application/x-git-upload-pack-";
    private static final int OK = 200;

    private final URI url;
    private final Traffic traffic;
    private final HttpClient client;
    private final Duration idle;

    private HttpWire(final URI url, final Traffic traffic, final HttpClient client, final Duration idle) {
        this.url = url;
        this.traffic = traffic;
        this.client = client;
        this.idle = idle;
    }

    static HttpWire open(final URI url, final Traffic traffic, final Watch watch, final Watch.Times times) {
        final HttpClient client = HttpClient.newBuilder()
                .version(Version.HTTP_1_1)
                .followRedirects(Redirect.NEVER)
                .connectTimeout(Duration.ofMillis(times.connectMs()))
                .build();
        watch.guard(client::shutdownNow);
        final String text = url.toString();
        final URI base = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        return new HttpWire(base, traffic, client, Duration.ofMillis(times.idleMs()));
    }

    @Override
    public InputStream greet() throws IOException {
        return send(request("/info/refs?service=git-upload-pack").GET().build(), TYPE + "advertisement");
    }

    @Override
    public InputStream ask(final byte[] request) throws IOException {
        return send(
                request("/git-upload-pack")
                        .header("Content-Type", TYPE + "request")
                        .header("Accept", TYPE + "result")
                        .POST(BodyPublishers.ofByteArray(request))
                        .build(),
                TYPE + "result");
    }

    private HttpRequest.Builder request(final String path) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .timeout(idle)
                .header("Git-Protocol", "version=2")
                .header("User-Agent", "git/portolan");
    }

    private InputStream send(final HttpRequest request, final String type) throws IOException {
        final HttpResponse<InputStream> response;
        try {
            response = traffic.await(() -> client.send(request, BodyHandlers.ofInputStream()));
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (final IOException | RuntimeException e) {
            throw e;
        } catch (final Exception e) {
            throw new IOException(e);
        }
        final InputStream body = traffic.of(response.body());
        final String answered = response.headers().firstValue("Content-Type").orElse("");
        if (response.statusCode() != OK) {
            body.close();
            throw new BadPeerException(refusal(response));
        }
        if (!answered.equals(type)) {
            body.close();
            throw new BadPeerException("does not speak git's smart protocol (the answer has the type "
                    + BadPeerException.quote(answered) + ")");
        }
        return body;
    }

    private static String refusal(final HttpResponse<?> response) {
        final String towards = response.headers().firstValue("Location").orElse("");
        return "answers with HTTP status " + response.statusCode()
                + (towards.isEmpty() ? "" : " and redirects to " + BadPeerException.quote(towards));
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
