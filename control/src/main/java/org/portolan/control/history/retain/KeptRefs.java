package org.portolan.control.history.retain;

import java.util.Set;
import java.util.function.Supplier;

/**
 * Which refs stay when their commit is older than the history. A router's own expiry branches and the heads of peers
 * that it has no more go; the heads of its peers stay, because what a peer last said would be fetched again with all
 * its past; and so does whatever a person named.
 *
 * @param peers refs of the peers that are configured, such as {@code refs/remotes/edge-2/primary}
 */
public record KeptRefs(Supplier<Set<String>> peers) {
    private static final String EXPIRY = "refs/heads/expire_";
    private static final String REMOTES = "refs/remotes/";

    boolean keeps(final String ref) {
        if (ref.startsWith(EXPIRY)) {
            return false;
        }
        return !ref.startsWith(REMOTES) || peers.get().contains(ref);
    }
}
