package org.portolan.control.history.retain;

import org.eclipse.jgit.lib.ObjectId;

/**
 * A commit on the first-parent line of primary that {@link Marks} remembers.
 *
 * @param epochSeconds its commit time
 * @param ordinal its number on that line, counted from where the marks were begun
 */
public record Mark(long epochSeconds, ObjectId commit, long ordinal) {}
