package org.portolan.control.history.query;

import java.util.Iterator;
import java.util.LinkedHashMap;
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

    /** Some 400 bytes each: 13 MB at most. */
    private static final int MOST = 32_768;

    private final Map<ObjectId, Binding> kept = new LinkedHashMap<>(256, 0.75f, true);

    synchronized Binding get(final ObjectId blob) {
        return kept.get(blob);
    }

    synchronized void put(final ObjectId blob, final Binding binding) {
        kept.put(blob.copy(), binding);
        if (kept.size() > MOST) {
            final Iterator<ObjectId> oldest = kept.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    static Binding decode(final byte[] text, final String path) throws HistoryException {
        try {
            return BindingText.decode(text);
        } catch (final BadRecordException e) {
            throw new HistoryException("the history's file %s %s".formatted(path, e.getMessage()), e);
        }
    }
}
