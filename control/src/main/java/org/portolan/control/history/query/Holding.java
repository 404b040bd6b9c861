package org.portolan.control.history.query;

import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;

/** Who had an address on one segment at a time, and what the table said before and after. */
public record Holding(BindingKey key, Period before, Period then, Period after) {

    /**
     * How long the table said the same.
     *
     * @param binding null when it said nothing
     * @param fromS the commit's clock; 0 when it was so before the history that is kept begins
     * @param untilS 0 when it is so still
     * @param how null when it was so before the history that is kept begins
     */
    public record Period(Binding binding, long fromS, long untilS, Origin how) {}

    /**
     * The commit that made it so; for what a merge brought in, the one that the merge brought.
     *
     * @param by the operator who asked for it, "config", or null
     * @param router who wrote it
     */
    public record Origin(ObjectId commit, long timeS, String subject, String by, String router) {}
}
