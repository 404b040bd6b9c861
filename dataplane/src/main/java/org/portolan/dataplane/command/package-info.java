/**
 * The words between control and the workers, over Agrona rings: an XProxy encodes to X, an XAdapter decodes for X and
 * calls the
 * handler. {@link org.portolan.dataplane.command.Wakeup} ends a parked worker's sleep when a word waits.
 *
 * <p>The four rings of a worker are apart, so that a flood in one starves no other. A full ring never makes anybody
 * wait: a command is sent again in
 * control's next pass, a punted frame is a counted drop, an event is lost, and nothing that must be right depends on
 * an event.
 */
package org.portolan.dataplane.command;
