/**
 * The messages between control and the workers, over Agrona rings. An XProxy encodes messages to X; an XAdapter decodes
 * messages for X and calls the handler. {@link org.portolan.dataplane.command.Wakeup} wakes a parked worker when a
 * message waits.
 *
 * <p>Each worker has four rings, so that a flood of one kind does not fill the ring of another; ARP frames and lookups
 * share the punt ring, where lookups may fill a half. A full ring never makes anybody wait. A command is sent again in
 * control's next pass, a punted frame becomes a counted drop, and an event is lost: nothing that must be right depends
 * on an event.
 */
package org.portolan.dataplane.command;
