/**
 * The sessions as control watches them.
 *
 * <p>{@link org.portolan.control.expiry.SessionExpiry} ends sessions whose idle timer is over. It reads one dense array
 * of last-seen words and nothing else; the worker, who owns the sessions, checks again before it frees. A full command
 * ring only means the next pass. The log says when the table fills up ({@link org.portolan.control.expiry.Pressure})
 * and when somebody is refused a session ({@link org.portolan.control.expiry.RefusalLog}).
 *
 * <p>All of it runs on control's thread; any thread may read who was refused last.
 */
package org.portolan.control.expiry;
