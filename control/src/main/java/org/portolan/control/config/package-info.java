/**
 * The config file: one TOML file becomes one {@link org.portolan.control.config.Config}, or a list of everything that
 * is wrong with it.
 *
 * <p>{@link org.portolan.control.config.ConfigFile#load} is the only way in, and {@code run} and {@code check} both
 * take it, so what {@code check} accepts is what {@code run} starts. It goes in three steps:
 *
 * <ol>
 *   <li>{@link org.portolan.control.config.FileText} reads a text of bounded size, and
 *       {@link org.portolan.control.config.FileForm} refuses one that is YAML, JSON, XML or no text at all in one
 *       sentence. tomlj parses the rest. If the text is not TOML, a few errors of
 *       {@link org.portolan.control.config.SyntaxErrors} are the answer and nothing else is looked at, because a key
 *       that a typing error swallowed is not a missing key.
 *   <li>Each section is read by its own class through {@link org.portolan.control.config.Section}, which knows the
 *       position of each key and value and collects problems instead of throwing. What can be read is declared in
 *       {@link org.portolan.control.config.ConfigTable}, the one table from which the messages and docs/config.md are
 *       made too. A new key is a line there and a call in a reader; a key that is only planned is a line there.
 *   <li>What needs two sections to judge (is a next hop on a connected subnet, is a pool address ours) is asked of
 *       {@link org.portolan.control.config.Topology}. When an interface is itself wrong those questions are not asked:
 *       one mistake should give one error.
 * </ol>
 *
 * <p>A {@link org.portolan.control.config.Problem} names file, line, column, key, value and what is allowed. Whether
 * the devices exist is not asked here: a config may be checked on another machine, and without privileges.
 */
package org.portolan.control.config;
