/**
 * What the router says about itself: lines on stderr, one an event, for a person at a terminal or for journald.
 *
 * <p>Only control's threads log; a worker counts instead. Every message is rate limited by its kind, because a log that
 * a stranger's packets can fill is a way to take the router down. Text that came from outside (device names, errors) is
 * made printable first, so that one event stays one line.
 */
package org.portolan.control.log;
