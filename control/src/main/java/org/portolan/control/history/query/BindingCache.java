package org.portolan.control.history.query;

import java.util.HashMap;
import java.util.Map;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.record.BadRecordException;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingText;
import org.portolan.control.history.store.HistoryException;

/**
 * Bindings that were read last, by the id of their text, so that a table asked for again is not read again. Shared by
 * all queries.
 */
final class BindingCache {
    /** One more than is valid: enough to see that it is too long. */
    static final int LONGEST_BYTES = BindingText.LONGEST_BYTES + 1;

    /** Of each generation; some 400 bytes each: 13 MB at most. */
    private static final int MOST = 16_384;

    /**
     * Two generations instead of an order of use: when the young one is full, the old one goes. A table that is read
     * for the first time then costs a look and a note for each binding, and no third walk to what is oldest.
     */
    private Map<ObjectId, Binding> young = new HashMap<>();

    private Map<ObjectId, Binding> old = new HashMap<>();

    synchronized Binding get(final ObjectId blob) {
        final Binding known = young.get(blob);
        if (known != null) {
            return known;
        }
        final Binding older = old.get(blob);
        if (older != null) {
            put(blob, older);
        }
        return older;
    }

    synchronized void put(final ObjectId blob, final Binding binding) {
        if (young.size() >= MOST) {
            old = young;
            young = new HashMap<>();
        }
        young.put(blob.copy(), binding);
    }

    static Binding decode(final byte[] text, final String path) throws HistoryException {
        try {
            return BindingText.decode(text);
        } catch (final BadRecordException e) {
            throw new HistoryException("the history's file %s %s".formatted(path, e.getMessage()), e);
        }
    }
}
