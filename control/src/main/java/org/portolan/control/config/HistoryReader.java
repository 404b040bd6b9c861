package org.portolan.control.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.portolan.control.config.Config.History;
import org.portolan.control.config.Config.Peer;

/** [history] and [[history.peers]]: where it is kept, for how long, who may read it, whose is read. */
final class HistoryReader {
    /** Each has a thread. */
    static final int MOST_PEERS = 16;

    static final int DEFAULT_KEEP_DAYS = 365;
    static final long DEFAULT_MAX_BYTES = 1L << 30;

    /** IANA's port of git://. */
    static final int GIT_PORT = 9_418;

    static final int DEFAULT_EVERY_S = 30;
    static final int LEAST_EVERY_S = 5;
    static final int MOST_EVERY_S = 86_400;
    private static final int LONGEST_URL = 512;
    private static final String LOOPBACK = "127.0.0.1";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");
    private static final String NAME_FORM = "1 to 32 letters, digits, - and _";
    private static final String SERVE_FORM = "ADDRESS:PORT of this machine, such as \"127.0.0.1:9418\", or \"9418\"";
    private static final String URL_FORM = "git://HOST/PATH, http://HOST/PATH or https://HOST/PATH";
    private static final SizeText MAX_SIZE = new SizeText(16L << 20, 1L << 40, "16MiB to 1TiB, such as \"1GiB\"");

    private final Section history;
    private final String router;
    private final Set<String> taken = new HashSet<>();

    HistoryReader(final Section history, final String router) {
        this.history = history;
        this.router = router;
    }

    /** @param named whether the file has the section: without one nothing is said about it */
    History read(final boolean named) {
        final Optional<Path> path = history.string("path").flatMap(SettingsReader::absolute);
        final Optional<InetSocketAddress> serve = history.string("serve").flatMap(HistoryReader::listening);
        final List<Peer> peers = peers();
        final int keepDays = history.integer("keep_days", 1, 3_650, DEFAULT_KEEP_DAYS);
        final long maxBytes = history.string("max_size").flatMap(MAX_SIZE::read).orElse(DEFAULT_MAX_BYTES);
        if (named && !history.has("path")) {
            needPath();
        }
        history.finish();
        return new History(path, serve, peers, keepDays, maxBytes);
    }

    private void needPath() {
        if (history.has("serve") || history.has("peers")) {
            history.missing("path", "an absolute path: without one there is no history to serve or to share");
        } else {
            history.notice("names no path: no history is kept");
        }
    }

    // ---- serve

    private static Optional<InetSocketAddress> listening(final Item<String> item) {
        final String text = item.value();
        final int colon = text.lastIndexOf(':');
        final boolean hostAlone = colon < 0 && text.indexOf('.') >= 0;
        final String before = hostAlone ? text : text.substring(0, Math.max(0, colon));
        final String host = before.isEmpty() ? LOOPBACK : before;
        final int port = hostAlone ? GIT_PORT : ForwardsReader.port(text.substring(colon + 1));
        if (port <= 0) {
            item.problem("not a port from 1 to 65535", SERVE_FORM);
            return Optional.empty();
        }
        if (!Ipv4Text.isAddress(host)) {
            item.problem(
                    host.indexOf(':') >= 0 ? "IPv6 is not supported yet" : "not an IPv4 address before the colon",
                    SERVE_FORM);
            return Optional.empty();
        }
        return listening(item, Ipv4Text.parse(host), port);
    }

    private static Optional<InetSocketAddress> listening(final Item<String> item, final int address, final int port) {
        if (address >>> 24 >= 224) {
            item.problem("no address that a machine can have", SERVE_FORM);
            return Optional.empty();
        }
        if (address == 0) {
            item.notice("every address of this machine: anyone who reaches one of them can read the history");
        }
        final byte[] octets = {(byte) (address >>> 24), (byte) (address >>> 16), (byte) (address >>> 8), (byte) address
        };
        try {
            return Optional.of(new InetSocketAddress(InetAddress.getByAddress(octets), port));
        } catch (final UnknownHostException e) {
            throw new IllegalStateException("four octets are an address", e);
        }
    }

    // ---- peers

    private List<Peer> peers() {
        final List<Section> sections = history.tables("peers");
        if (sections.size() > MOST_PEERS) {
            history.problem("peers", "too many", "%d".formatted(MOST_PEERS));
            return List.of();
        }
        final List<Peer> sound = new ArrayList<>();
        for (final Section each : sections) {
            peer(each).ifPresent(sound::add);
        }
        return sound;
    }

    private Optional<Peer> peer(final Section one) {
        final Optional<String> name =
                one.requiredString("name", NAME_FORM).filter(this::isFree).map(Item::value);
        final Optional<URI> url = one.requiredString("url", URL_FORM).flatMap(HistoryReader::url);
        final int everyS = one.integer("every", LEAST_EVERY_S, MOST_EVERY_S, DEFAULT_EVERY_S);
        one.finish();
        return name.isEmpty() || url.isEmpty()
                ? Optional.empty()
                : Optional.of(new Peer(name.orElseThrow(), url.orElseThrow(), everyS));
    }

    private boolean isFree(final Item<String> item) {
        if (!NAME.matcher(item.value()).matches()) {
            item.problem("is not usable as a name", NAME_FORM);
            return false;
        }
        if (item.value().equals(router)) {
            item.problem("is this router's own name", "each router of the network under a name of its own");
            return false;
        }
        if (!taken.add(item.value())) {
            item.problem("is named twice", "each peer once");
            return false;
        }
        return true;
    }

    /**
     * file: is left out on purpose: what another user may write to is not a peer, and git itself copies directories.
     */
    private static Optional<URI> url(final Item<String> item) {
        final String wrong = wrongIn(item.value());
        if (wrong.isEmpty()) {
            return Optional.of(URI.create(item.value()));
        }
        item.problem(wrong, URL_FORM);
        return Optional.empty();
    }

    private static String wrongIn(final String text) {
        final URI url;
        try {
            url = new URI(text);
        } catch (final URISyntaxException e) {
            return "is not a URL";
        }
        final String scheme = String.valueOf(url.getScheme());
        if (!scheme.equals("git") && !scheme.equals("http") && !scheme.equals("https")) {
            return "is not a URL that peers are fetched from";
        }
        if (url.getRawUserInfo() != null) {
            return "names a user: peers are read without a password";
        }
        final String path = String.valueOf(url.getRawPath());
        if (url.getHost() == null || path.length() < 2 || text.length() > LONGEST_URL) {
            return url.getHost() == null ? "names no host" : path.length() < 2 ? "names no repository" : "is too long";
        }
        if (url.getRawQuery() != null || url.getRawFragment() != null || text.indexOf('%') >= 0) {
            return "has more than a host and a path";
        }
        return url.getPort() == 0 || url.getPort() > 65_535 ? "has no port from 1 to 65535" : "";
    }
}
