package org.portolan.control.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** What is said about a key that its section does not have: a slip of the finger, another section's, or planned. */
final class UnknownKey {
    private static final String UNKNOWN = "unknown key";

    /** A shorter word is near to too many. */
    private static final int SHORTEST_FAR = 5;

    private final SectionKeys section;
    private final Set<String> works;

    UnknownKey(final SectionKeys section) {
        this.section = section;
        final Set<String> names = new TreeSet<>(ConfigTable.below(section.path()));
        section.keys().stream().filter(key -> !key.isPlanned()).map(Key::name).forEach(names::add);
        this.works = names;
    }

    /** The keys and sections that work here, in alphabetical order. */
    String allowed() {
        return String.join(", ", works);
    }

    /** Whether the key is planned here, or is planned elsewhere and works nowhere. */
    boolean isPlanned(final String key) {
        return section.key(key).isPresent()
                || homes(key).isEmpty()
                        && sections(key).isEmpty()
                        && !plannedElsewhere(key).isEmpty();
    }

    /** For a key that {@link #isPlanned}. */
    String planned(final String key) {
        final String instead = section.key(key)
                .or(() -> plannedElsewhere(key).stream().findFirst())
                .map(Key::instead)
                .orElseThrow();
        return "not supported yet; " + instead;
    }

    /** @param value of the key: of two names as near, the one that takes such a value is meant */
    String message(final String key, final Object value) {
        final String alike = Nearest.to(key, alike(value));
        final String near = alike.isEmpty() ? Nearest.to(key, works) : alike;
        if (!near.isEmpty()) {
            return UNKNOWN + ", did you mean \"" + near + "\"?";
        }
        final Set<String> homes = homes(key);
        if (!homes.isEmpty()) {
            return UNKNOWN + " here, it belongs in " + String.join(" or ", homes);
        }
        final Set<String> sections = sections(key);
        if (!sections.isEmpty()) {
            return UNKNOWN + " here, the section is " + String.join(" or ", sections);
        }
        final String far = key.length() < SHORTEST_FAR ? "" : Nearest.to(key, everywhere());
        if (far.isEmpty()) {
            return UNKNOWN;
        }
        final Set<String> places = homes(far);
        places.addAll(sections(far));
        return "%s, did you mean \"%s\" in %s?".formatted(UNKNOWN, far, String.join(" or ", places));
    }

    /** Of what works here: the sections for a table, the arrays of tables for an array of tables, else the keys. */
    private List<String> alike(final Object value) {
        final boolean table = value instanceof TomlTable;
        final boolean tables = value instanceof final TomlArray array && !array.isEmpty() && array.isTable(0);
        final String prefix = section.path().isEmpty() ? "" : section.path() + ".";
        return works.stream()
                .filter(name -> {
                    final String header = ConfigTable.at(prefix + name)
                            .map(SectionKeys::header)
                            .orElse("");
                    return section.key(name).isPresent() ? !table && !tables : header.startsWith("[[") ? tables : table;
                })
                .toList();
    }

    private static Set<String> homes(final String name) {
        final Set<String> headers = new LinkedHashSet<>();
        for (final SectionKeys each : ConfigTable.SECTIONS) {
            if (each.key(name).filter(key -> !key.isPlanned()).isPresent()) {
                headers.add(each.header());
            }
        }
        return headers;
    }

    private static Set<String> sections(final String name) {
        final Set<String> headers = new LinkedHashSet<>();
        for (final SectionKeys each : ConfigTable.SECTIONS) {
            if (each.path().equals(name) || each.path().endsWith("." + name)) {
                headers.add(each.header());
            }
        }
        return headers;
    }

    private static List<Key> plannedElsewhere(final String name) {
        return ConfigTable.SECTIONS.stream()
                .flatMap(each -> each.key(name).stream())
                .filter(Key::isPlanned)
                .toList();
    }

    private static Set<String> everywhere() {
        final Set<String> names = new TreeSet<>();
        for (final SectionKeys each : ConfigTable.SECTIONS) {
            each.keys().stream()
                    .filter(key -> !key.isPlanned())
                    .map(Key::name)
                    .filter(name -> !name.equals(ConfigTable.ANY_PORT))
                    .forEach(names::add);
            names.add(each.path().substring(each.path().lastIndexOf('.') + 1));
        }
        return names;
    }
}
