package org.portolan.control.history.query;

import java.util.Collection;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.record.BindingKey;

/**
 * What one commit's tree has of one address: the id of its text on each segment that knows it. A text holds a stamp
 * that is used once, so equal ids are the same binding, never changed in between.
 */
record Sight(NavigableMap<BindingKey, ObjectId> texts) {
    static final Sight NOTHING = new Sight(new TreeMap<>());

    ObjectId text(final BindingKey key) {
        return texts.get(key);
    }

    Set<BindingKey> keys() {
        return texts.navigableKeySet();
    }

    boolean isEmpty() {
        return texts.isEmpty();
    }

    /** @param keys null for all */
    Sight only(final Collection<BindingKey> keys) {
        if (keys == null) {
            return this;
        }
        final NavigableMap<BindingKey, ObjectId> some = new TreeMap<>(texts);
        some.navigableKeySet().retainAll(keys);
        return new Sight(some);
    }
}
