package org.portolan.control.history.peer;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.transport.PacketLineIn;
import org.eclipse.jgit.transport.PacketLineOut;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.history.store.RouterIdentity;

/**
 * What is said to a git server, in protocol 2 (gitprotocol-v2): which commit is primary, and give me what leads to it.
 *
 * <p>JGit's own client keeps every reference and every message that a server sends, believes the object count of a pack
 * and allocates for it, follows redirects and falls back to older protocols, in which a server cannot say that its
 * history has a boundary. One reference, one pack and one round of haves is all that is needed here.
 */
final class Conversation {
    /** What a server may say before the pack. Each line is thrown away once it is understood. */
    static final long MOST_TALK_BYTES = 1 << 20;

    /** Commits that a server may name as its boundary. */
    static final int MOST_BOUNDARY = 10_000;

    private static final String REF_PREFIX = "ref-prefix ";
    private static final int ID = 40;

    /**
     * @param boundary commits whose parents the server has not
     * @param pack to be read at once, and to its end
     */
    record Answer(Set<ObjectId> boundary, InputStream pack) {}

    /** @param identity of the router that serves it; empty when another git does */
    record Head(ObjectId commit, Optional<RouterIdentity> identity) {}

    private final PeerWire wire;
    private boolean takesBoundary;

    Conversation(final PeerWire wire) {
        this.wire = wire;
    }

    /** @throws BadPeerException when it is not a server of protocol 2 */
    void greet() throws IOException {
        final PacketLineIn lines = new PacketLineIn(wire.greet());
        String line = first(lines);
        if (line.startsWith("# service=")) {
            while (!PacketLineIn.isEnd(line)) {
                line = read(lines);
            }
            line = read(lines);
        }
        if (!line.equals("version 2")) {
            throw new BadPeerException("does not speak git's protocol 2 (git 2.18 and later do, and this program)");
        }
        boolean fetches = false;
        for (line = read(lines); !PacketLineIn.isEnd(line); line = read(lines)) {
            if (line.equals("fetch") || line.startsWith("fetch=")) {
                fetches = true;
                takesBoundary = (line.substring("fetch".length()) + " ").matches("=(.* )?shallow .*");
            }
            if (line.startsWith("object-format=") && !line.equals("object-format=sha1")) {
                throw new BadPeerException("uses another hash than SHA-1");
            }
        }
        if (!fetches) {
            throw new BadPeerException("is a git server that does not allow fetches");
        }
    }

    private static String first(final PacketLineIn lines) throws IOException {
        try {
            return read(lines);
        } catch (final EOFException e) {
            throw new BadPeerException("closes the connection without an answer: it does not serve that repository", e);
        }
    }

    private static String read(final PacketLineIn lines) throws IOException {
        final String line = lines.readString();
        if (line.startsWith("ERR ")) {
            throw said(line.substring("ERR ".length()));
        }
        return line;
    }

    /** @param words stock git ends some with a line end, and some with a zero byte */
    static BadPeerException said(final String words) {
        final String text = "says " + BadPeerException.quote(words.trim());
        return words.startsWith(PackBudget.TOO_MANY) ? new TooLargeException(text) : new BadPeerException(text);
    }

    /**
     * The head of the server's primary, and whose history it is.
     *
     * @throws BadPeerException when it has no primary
     */
    Head primary() throws IOException {
        final PacketLineIn lines = new PacketLineIn(wire.ask(request(
                "ls-refs", List.of(REF_PREFIX + HistoryRepository.PRIMARY, REF_PREFIX + RouterIdentity.ANNOUNCED))));
        ObjectId head = null;
        Optional<RouterIdentity> identity = Optional.empty();
        for (String line = read(lines); !PacketLineIn.isEnd(line); line = read(lines)) {
            final String name = line.substring(Math.min(line.length(), ID + 1));
            if (name.equals(HistoryRepository.PRIMARY)) {
                head = id(line.substring(0, ID));
            } else if (identity.isEmpty()) {
                identity = RouterIdentity.announced(name);
            }
        }
        if (head == null) {
            throw new BadPeerException("has no branch primary");
        }
        return new Head(head, identity);
    }

    /**
     * @param haves commits that are here with all that leads to them
     * @param shallow commits that are here without their parents
     * @param depth how far back from the wanted one; 0 for all
     */
    Answer fetch(
            final ObjectId want, final Collection<ObjectId> haves, final Collection<ObjectId> shallow, final int depth)
            throws IOException {
        if ((!shallow.isEmpty() || depth > 0) && !takesBoundary) {
            throw new BadPeerException("cannot give to a history that has a boundary");
        }
        final InputStream answer = wire.ask(request("fetch", wanted(want, haves, shallow, depth)));
        final PacketLineIn lines = new PacketLineIn(answer);
        final Set<ObjectId> boundary = new HashSet<>();
        String section = first(lines);
        if (section.equals("shallow-info")) {
            readBoundary(lines, boundary, depth > 0);
            section = read(lines);
        }
        if (!section.equals("packfile")) {
            throw new BadPeerException("answers with " + BadPeerException.quote(section) + " where the pack should be");
        }
        return new Answer(boundary, new PackBand(answer));
    }

    private static List<String> wanted(
            final ObjectId want,
            final Collection<ObjectId> haves,
            final Collection<ObjectId> shallow,
            final int depth) {
        final List<String> lines = new ArrayList<>(List.of("no-progress", "ofs-delta", "want " + want.name()));
        shallow.forEach(each -> lines.add("shallow " + each.name()));
        if (depth > 0) {
            lines.add("deepen " + depth);
        }
        haves.forEach(each -> lines.add("have " + each.name()));
        lines.add("done");
        return lines;
    }

    /** @param mayOpen whether the server may say that a commit here is none of the boundary: it stays one */
    private static void readBoundary(final PacketLineIn lines, final Set<ObjectId> boundary, final boolean mayOpen)
            throws IOException {
        for (String line = read(lines); !PacketLineIn.isDelimiter(line); line = read(lines)) {
            if (mayOpen && line.startsWith("unshallow ")) {
                continue;
            }
            if (!line.startsWith("shallow ") || boundary.size() >= MOST_BOUNDARY) {
                throw new BadPeerException("announces a boundary with " + BadPeerException.quote(line));
            }
            boundary.add(id(line.substring("shallow ".length())));
        }
    }

    private static ObjectId id(final String text) throws BadPeerException {
        if (!ObjectId.isId(text)) {
            throw new BadPeerException("names a commit " + BadPeerException.quote(text));
        }
        return ObjectId.fromString(text);
    }

    private static byte[] request(final String command, final List<String> arguments) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final PacketLineOut lines = new PacketLineOut(bytes, false);
        lines.writeString("command=" + command + "\n");
        lines.writeDelim();
        for (final String argument : arguments) {
            lines.writeString(argument + "\n");
        }
        lines.end();
        return bytes.toByteArray();
    }
}
