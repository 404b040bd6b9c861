package org.portolan.control.config;

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
import org.tomlj.TomlParseOptions;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Reads a config file whole. */
public final class ConfigFile {
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
        final Optional<Config> config = FileText.read(file, problems).flatMap(text -> parse(text, problems));
        final List<Problem> errors = problems.errors();
        return new Loaded(errors.isEmpty() ? config : Optional.empty(), errors, problems.notices());
    }

    private static Optional<Config> parse(final String text, final Problems problems) {
        final Optional<FileForm.Other> other = FileForm.of(text);
        if (other.isPresent()) {
            final FileForm.Other form = other.orElseThrow();
            final TomlPosition position = form.line() == 0 ? null : TomlPosition.positionAt(form.line(), 1);
            problems.error(position, "", "", form.message(), form.allowed());
            return Optional.empty();
        }
        final TomlParseResult result;
        try {
            result = Toml.parse(text, TomlParseOptions.sourceless());
        } catch (final StackOverflowError e) {
            problems.error(
                    null, "", "", "tables or arrays are nested too deeply", "the tables of the config reference");
            return Optional.empty();
        } catch (final OutOfMemoryError e) {
            // The parser keeps some kilobytes for each error: thousands of lines that are no TOML fill a small heap.
            problems.error(
                    null, "", "", "has too many errors to list: is it TOML?", "the form of the config reference");
            return Optional.empty();
        }
        if (result.hasErrors()) {
            new SyntaxErrors(text, problems).report(result.errors());
            return Optional.empty();
        }
        return Optional.of(read(result, problems));
    }

    private static Config read(final TomlTable table, final Problems problems) {
        final Section file = Section.root(table, problems);
        final Router router = SettingsReader.router(file.table("router"));
        final Section natSection = file.table("nat");
        final BehaviorReader behaviors = BehaviorReader.read(natSection);
        final InterfacesReader interfacesReader =
                new InterfacesReader(file.table("interfaces"), router.name(), behaviors);
        final List<Interface> interfaces = interfacesReader.read();
        final Topology links = new Topology(interfaces, List.of(), interfacesReader.isComplete());
        final int mark = file.mark();
        final List<Route> routes = new RoutesReader(file, links).read();
        final boolean complete = links.complete() && file.isSoundSince(mark);
        final Nat nat = new NatReader(natSection, new Topology(interfaces, routes, complete)).read();
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
