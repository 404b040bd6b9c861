package org.portolan.control.config;

import org.tomlj.TomlPosition;

/**
 * One value of the file together with its place, so that who finds it wrong later can say where it stands.
 *
 * @param value what tomlj made of it; a String, Long, ...
 */
record Item<T>(Problems problems, TomlPosition position, String key, T value) {

    void problem(final String message, final String allowed) {
        problems.error(position, key, TomlText.value(value), message, allowed);
    }

    void notice(final String message) {
        problems.notice(position, key, TomlText.value(value), message);
    }
}
