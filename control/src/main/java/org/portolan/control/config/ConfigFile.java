package org.portolan.control.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.portolan.control.config.Config.Arp;
import org.portolan.control.config.Config.Control;
import org.portolan.control.config.Config.History;
import org.portolan.control.config.Config.Interface;
import org.portolan.control.config.Config.Io;
import org.portolan.control.config.Config.Latency;
import org.portolan.control.config.Config.Nat;
import org.portolan.control.config.Config.Neighbor;
import org.portolan.control.config.Config.Route;
import org.portolan.control.config.Config.Router;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** Reads a config file whole. */
public final class ConfigFile {
    static final int MOST_BYTES = 4 << 20;

    private static final String SIZE_ALLOWED = "at most 4 MiB";

    /**
     * What came of a file: a config and no errors, or errors and no config; notices either way.
     *
     * @param errors in the order of the file
     * @param notices what the operator should know and nothing stops at
     */
    public record Loaded(Optional<Config> config, List<Problem> errors, List<Problem> notices) {}

    private ConfigFile() {}

    /** Never throws for anything that the file is or holds. */
    public static Loaded load(final Path file) {
        final Problems problems = new Problems(file);
        final Optional<Config> config = text(file, problems).flatMap(text -> parse(text, problems));
        final List<Problem> errors = problems.errors();
        return new Loaded(errors.isEmpty() ? config : Optional.empty(), errors, problems.notices());
    }

    private static Optional<String> text(final Path file, final Problems problems) {
        final byte[] bytes;
        try {
            if (Files.isDirectory(file)) {
                problems.error(null, "", "", "cannot be read: it is a directory", "a TOML file");
                return Optional.empty();
            }
            try (var in = Files.newInputStream(file)) {
                bytes = in.readNBytes(MOST_BYTES + 1);
            }
        } catch (final IOException e) {
            problems.error(null, "", "", "cannot be read: " + reason(e), "");
            return Optional.empty();
        }
        if (bytes.length > MOST_BYTES) {
            problems.error(null, "", "", "is too large for a config", SIZE_ALLOWED);
            return Optional.empty();
        }
        try {
            final String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
        } catch (final CharacterCodingException e) {
            problems.error(null, "", "", "is not UTF-8 text", "a TOML file in UTF-8");
            return Optional.empty();
        }
    }

    private static String reason(final IOException e) {
        return switch (e) {
            case NoSuchFileException ignored -> "there is no such file";
            case AccessDeniedException ignored -> "permission denied";
            case final FileSystemException f when f.getReason() != null -> f.getReason();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    private static Optional<Config> parse(final String text, final Problems problems) {
        final TomlParseResult result;
        try {
            result = Toml.parse(text);
        } catch (final StackOverflowError e) {
            problems.error(
                    null, "", "", "tables or arrays are nested too deeply", "the tables of the config reference");
            return Optional.empty();
        }
        for (final TomlParseError error : result.errors()) {
            problems.error(error.position(), "", "", "not TOML: " + error.getMessage(), "");
        }
        return result.hasErrors() ? Optional.empty() : Optional.of(read(result, problems));
    }

    private static Config read(final TomlTable table, final Problems problems) {
        final Section file = Section.root(table, problems);
        final Router router = SettingsReader.router(file.table("router"));
        final InterfacesReader interfacesReader = new InterfacesReader(file.table("interfaces"), router.name());
        final List<Interface> interfaces = interfacesReader.read();
        final Topology links = new Topology(interfaces, List.of(), interfacesReader.isComplete());
        final int mark = file.mark();
        final List<Route> routes = new RoutesReader(file, links).read();
        final boolean complete = links.complete() && file.isSoundSince(mark);
        final Nat nat = new NatReader(file.table("nat"), new Topology(interfaces, routes, complete)).read();
        final List<Neighbor> neighbors = new NeighborsReader(file, links, nat).read();
        final Arp arp = new ArpReader(file.table("arp")).read();
        final Io io = SettingsReader.io(file.table("io"));
        final History history = new HistoryReader(file.table("history"), router.name()).read(file.has("history"));
        final Latency latency = new LatencyReader(file.table("latency")).read(file.has("latency"));
        final Control control = SettingsReader.control(file.table("control"), router.run());
        file.finish();
        return new Config(router, interfaces, routes, neighbors, arp, nat, io, history, latency, control);
    }
}
