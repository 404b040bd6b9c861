package org.portolan.control.history.query;

import java.util.List;
import org.eclipse.jgit.lib.ObjectId;

/**
 * The newest commits, each before its parents.
 *
 * @param primary its head
 * @param more whether there are older ones
 */
public record Graph(ObjectId primary, List<GraphCommit> commits, boolean more) {
    public Graph {
        commits = List.copyOf(commits);
    }
}
