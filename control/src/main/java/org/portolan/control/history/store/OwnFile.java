package org.portolan.control.history.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.portolan.control.history.pack.Durable;
import org.portolan.control.history.record.BadRecordException;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.BindingText;
import org.portolan.control.history.record.Pin;
import org.portolan.control.log.FileFailure;

/**
 * What belongs to this router alone: its identity, and what its operators have pinned. It is a file beside git's own,
 * so no peer can write it and no clone has it. Git's objects say what all routers know together, and any peer may say
 * anything there; this file alone says what is static here after a restart.
 *
 * <pre>
 *   portolan own 1
 *   router edge-1 3fa9c1d2e4b5a697         name and id
 *   born 1764000000000000                  the stamp from which on this repository knows all that its router said
 *   pin arp/0/office/192.168.1/1           for each pin five lines: its place, and the four of a binding's file
 *   static 02:50:2a:16:6d:09
 *   static-by root
 *   static-since 2026-11-23T14:02:11Z
 *   static-stamp 1764000000000185 edge-1
 *   crc 1c291ca3                           CRC-32 of the lines above
 * </pre>
 */
public final class OwnFile {
    public static final String NAME = "portolan.own";
    static final String UNFINISHED = NAME + ".new";

    /** More pins are static until the next restart only: a file of that many has some 15 MB. */
    public static final int MOST_PINS = 65_536;

    private static final int LONGEST_BYTES = 32 << 20;
    private static final String HEAD = "portolan own 1";
    private static final String ROUTER = "router ";
    private static final String BORN = "born ";
    private static final String PIN = "pin ";
    private static final String CRC = "crc ";
    private static final int PIN_LINES = 4;

    private final Path path;
    private final RouterIdentity identity;
    private final long born;
    private final Map<BindingKey, Pin> pins;
    private final Origin origin;

    /** How a start came by it. */
    public enum Origin {
        /** It was read. */
        READ,
        /** It was read, and has another router's name: the router was given a new one. */
        RENAMED,
        /** There was none. */
        MADE
    }

    private OwnFile(
            final Path path,
            final RouterIdentity identity,
            final long born,
            final Map<BindingKey, Pin> pins,
            final Origin origin) {
        this.path = path;
        this.identity = identity;
        this.born = born;
        this.pins = Map.copyOf(pins);
        this.origin = origin;
    }

    /**
     * Reads it; when there is none, it is as if the router began now. Nothing is written.
     *
     * @param born the stamp from which on the router would know all that it said
     * @throws HistoryException when it is damaged
     */
    static OwnFile open(final Path repository, final String router, final long born) throws IOException {
        final Path path = repository.resolve(NAME);
        final byte[] bytes;
        try {
            if (Files.size(path) > LONGEST_BYTES) {
                throw damaged(path, "is longer than " + LONGEST_BYTES + " bytes", null);
            }
            bytes = Files.readAllBytes(path);
        } catch (final NoSuchFileException e) {
            return new OwnFile(path, RouterIdentity.draw(router), born, Map.of(), Origin.MADE);
        } catch (final HistoryException e) {
            throw e;
        } catch (final IOException e) {
            throw new HistoryException("%s cannot be read: %s".formatted(path, FileFailure.reason(e)), e);
        }
        final OwnFile read;
        try {
            read = decode(path, bytes);
        } catch (final BadRecordException e) {
            throw damaged(path, e.getMessage(), e);
        }
        return read.identity.name().equals(router)
                ? read
                : new OwnFile(path, new RouterIdentity(router, read.identity.id()), born, read.pins, Origin.RENAMED);
    }

    private static HistoryException damaged(final Path path, final String why, final Exception cause) {
        return new HistoryException(
                ("%s is damaged: it %s. Put back a copy, or remove it: then static neighbors that were added by command"
                                + " are to be added again")
                        .formatted(path, why),
                cause);
    }

    private static OwnFile decode(final Path path, final byte[] bytes) throws BadRecordException {
        final String text = new String(bytes, StandardCharsets.US_ASCII);
        final int end = text.lastIndexOf(CRC);
        if (end < 0 || !text.substring(end).equals(checked(text.substring(0, end)))) {
            throw new BadRecordException("is not what was written");
        }
        final Iterator<String> lines = text.substring(0, end).lines().iterator();
        if (!next(lines, "").equals(HEAD)) {
            throw new BadRecordException("is of another version of this program");
        }
        final String[] router = next(lines, ROUTER).split(" ", -1);
        final String born = next(lines, BORN);
        if (router.length != 2 || !RouterIdentity.isId(router[1]) || !born.matches("[0-9]{1,16}")) {
            throw new BadRecordException("names no router");
        }
        final Map<BindingKey, Pin> pins = new TreeMap<>();
        while (lines.hasNext()) {
            final BindingKey key = BindingKey.of(next(lines, PIN))
                    .orElseThrow(() -> new BadRecordException("has a pin of no address"));
            final StringBuilder pin = new StringBuilder();
            for (int i = 0; i < PIN_LINES; i++) {
                pin.append(next(lines, "")).append('\n');
            }
            pins.put(
                    key,
                    BindingText.decode(pin.toString().getBytes(StandardCharsets.US_ASCII))
                            .pinned());
        }
        return new OwnFile(path, new RouterIdentity(router[0], router[1]), Long.parseLong(born), pins, Origin.READ);
    }

    private static String next(final Iterator<String> lines, final String key) throws BadRecordException {
        final String line = lines.hasNext() ? lines.next() : "";
        if (!line.startsWith(key) || line.equals(key)) {
            throw new BadRecordException("has no line " + key.strip());
        }
        return line.substring(key.length());
    }

    private static String checked(final String text) {
        final CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        return CRC + "%08x\n".formatted(crc.getValue());
    }

    /** Whether the file says what this object says. */
    public Origin origin() {
        return origin;
    }

    public RouterIdentity identity() {
        return identity;
    }

    /** What this router said under an older stamp it may have said in a repository that is gone. */
    public long born() {
        return born;
    }

    /** As they were read. */
    public Map<BindingKey, Pin> pins() {
        return pins;
    }

    /**
     * Replaces the file. The old one or the new one is there, whenever the power goes.
     *
     * @param since as {@link #born()}, which may have been a wrong clock's
     */
    public void write(final long since, final Map<BindingKey, Pin> held) throws IOException {
        final StringBuilder text = new StringBuilder(256 + 256 * held.size());
        text.append(HEAD).append('\n');
        text.append(ROUTER)
                .append(identity.name())
                .append(' ')
                .append(identity.id())
                .append('\n');
        text.append(BORN).append(since).append('\n');
        new TreeMap<>(held)
                .forEach((key, pin) -> text.append(PIN)
                        .append(key.path())
                        .append('\n')
                        .append(new String(BindingText.encode(new Binding(null, pin)), StandardCharsets.US_ASCII)));
        final String whole = text.toString();
        final Path beside = path.resolveSibling(UNFINISHED);
        Files.writeString(beside, whole + checked(whole), StandardCharsets.US_ASCII);
        Durable.sync(beside);
        Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Durable.sync(path.getParent());
    }
}
