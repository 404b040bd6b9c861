package org.portolan.control.history.query;

import java.util.List;
import org.eclipse.jgit.lib.ObjectId;

/**
 * One commit of the graph.
 *
 * @param parents none at the boundary of what is kept
 * @param names of the branches that point to it; primary first
 * @param boundary whether older commits were there once
 */
public record GraphCommit(
        ObjectId id,
        List<ObjectId> parents,
        long timeS,
        String router,
        String subject,
        List<String> names,
        boolean boundary) {}
