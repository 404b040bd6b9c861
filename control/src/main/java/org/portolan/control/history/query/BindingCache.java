package org.portolan.control.history.query;

import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.record.BadRecordException;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
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
    private static final int SLOT_BITS = 15;

    /** Any thread writes any slot; an entry is whole wherever it is seen, because its fields are final. */
    private final Entry[] slots = new Entry[1 << SLOT_BITS];

    private record Entry(ObjectId blob, Binding binding) {}

    Binding get(final ObjectId blob) {
        final Entry found = slots[slot(blob)];
        return found != null && found.blob.equals(blob) ? found.binding : null;
    }

    /** In place of what had the same slot: a list of who was asked for last took a tenth of the time of a table. */
    void put(final ObjectId blob, final Binding binding) {
        slots[slot(blob)] = new Entry(blob.copy(), binding);
    }

    private static int slot(final ObjectId blob) {
        return blob.hashCode() >>> Integer.SIZE - SLOT_BITS;
    }

    static Binding decode(final byte[] text, final BindingKey key) throws HistoryException {
        try {
            return BindingText.decode(text);
        } catch (final BadRecordException e) {
            throw new HistoryException("the history's file %s %s".formatted(key.path(), e.getMessage()), e);
        }
    }
}
