/**
 * What the router says about itself: lines on stderr, one an event, for a person, a file or journald.
 *
 * <p>Only control's threads log; a worker counts instead. Every message is rate limited by its kind, because a log that
 * a stranger's packets can fill is a way to take the router down. Text that came from outside (device names, errors) is
 * made printable first, so that one event stays one line.
 *
 * <p>No thread of the router waits for the reader of its stderr, because control answers ARP: a line goes into a
 * bounded {@link org.portolan.control.log.LineQueue queue} that a thread named {@code log} writes. What does not fit is
 * counted and reported later. What libraries log ({@link org.portolan.control.log.LibraryLog}) or print ({@link
 * org.portolan.control.log.StrayOutput}) goes the same way.
 */
package org.portolan.control.log;
