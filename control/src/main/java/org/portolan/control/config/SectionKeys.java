package org.portolan.control.config;

import java.util.List;
import java.util.Optional;

/**
 * Declares one section.
 *
 * @param header as the file has it, such as {@code [[nat.forward]]}; empty for the file itself
 * @param keys in the order of docs/config.md, without the sections below
 */
record SectionKeys(String header, List<Key> keys) {

    static SectionKeys of(final String header, final Key... keys) {
        return new SectionKeys(header, List.of(keys));
    }

    /** The header without its brackets: {@code nat.forward}. */
    String path() {
        return header.replaceAll("[\\[\\]]", "");
    }

    Optional<Key> key(final String name) {
        return keys.stream().filter(key -> key.name().equals(name)).findFirst();
    }
}
