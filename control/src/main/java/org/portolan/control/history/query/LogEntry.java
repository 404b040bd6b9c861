package org.portolan.control.history.query;

import org.eclipse.jgit.lib.ObjectId;

/**
 * One thing that happened, as one line of the log. What is not known, or not said by that kind of change, is null or 0.
 *
 * @param timeS wall clock of this router, when its table changed
 * @param address as text; null when it is about the table as a whole
 * @param macOld what it was before, when it was another
 * @param mac the one that it is about
 * @param detail the reason, or what the commit's subject says besides
 * @param by the operator who asked for it, or "config"
 * @param router who saw it, or whose operator asked for it
 * @param commit the one by which the table changed
 */
public record LogEntry(
        long timeS,
        ChangeKind kind,
        String segment,
        String address,
        long macOld,
        long mac,
        String interfaceName,
        String detail,
        String by,
        String router,
        ObjectId commit) {

    boolean isAbout(final long someMac) {
        return mac == someMac || macOld == someMac;
    }
}
