/**
 * Ends sessions whose idle timer is over. Control reads one dense array of last-seen words and nothing else; the
 * worker, who owns the sessions, checks again before it
 * frees. A full command ring only means the next pass.
 */
package org.portolan.control.expiry;
