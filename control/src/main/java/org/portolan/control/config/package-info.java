/**
 * The config file: one TOML file becomes one {@link org.portolan.control.config.Config}, or a list of everything that
 * is wrong with it.
 *
 * <p>{@link org.portolan.control.config.ConfigFile#load} is the only way in, and {@code run} and {@code check} both
 * take it, so what {@code check} accepts is what {@code run} starts. It goes in three steps:
 *
 * <ol>
 *   <li>tomlj parses. If the text is not TOML, its errors are the answer and nothing else is looked at, because a key
 *       that a typing error swallowed is not a missing key.
 *   <li>Each section is read by its own class through {@link org.portolan.control.config.Section}, which knows the
 *       position of each key and collects problems instead of throwing. A key nobody read is an unknown key.
 *   <li>What needs two sections to judge (is a next hop on a connected subnet, is a pool address ours) is asked of
 *       {@link org.portolan.control.config.Topology}. When an interface is itself wrong those questions are not asked:
 *       one mistake should give one error.
 * </ol>
 *
 * <p>A {@link org.portolan.control.config.Problem} names file, line, column, key, value and what is allowed. Whether
 * the devices exist is not asked here: a config may be checked on another machine, and without privileges.
 */
package org.portolan.control.config;
