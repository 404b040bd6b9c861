package org.portolan.control.history.query;

import java.io.IOException;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;

/** Looks one address up in one tree after the other. Lives as long as a query. */
final class AddressFinder {
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

    private static final int SEGMENTS_KEPT = 4_096;

    private final Reading reading;
    private final TimeIndex index;
    private final int address;
    private final boolean withRefreshes;
    /** What a segment's directory has of the address: most commits leave most directories as they were. */
    private final Map<ObjectId, Optional<ObjectId>> inSegment = new LinkedHashMap<>(256, 0.75f, true);

    /** @param withRefreshes whether it counts as a change that the same binding was seen again */
    AddressFinder(final Reading reading, final TimeIndex index, final int address, final boolean withRefreshes) {
        this.reading = reading;
        this.index = index;
        this.address = address;
        this.withRefreshes = withRefreshes;
    }

    Sight in(final Commit commit) throws IOException {
        final Optional<ObjectId> realms = reading.child(commit.tree(), BindingKey.ROOT);
        if (realms.isEmpty()) {
            return Sight.NOTHING;
        }
        final NavigableMap<BindingKey, ObjectId> texts = new TreeMap<>();
        try {
            for (CanonicalTreeParser realm = reading.tree(realms.get()); !realm.eof(); realm = realm.next()) {
                final String name = realm.getEntryPathString();
                for (CanonicalTreeParser at = reading.tree(realm.getEntryObjectId()); !at.eof(); at = at.next()) {
                    add(texts, Integer.parseInt(name), at.getEntryPathString(), at.getEntryObjectId());
                }
            }
        } catch (final IndexOutOfBoundsException | NumberFormatException e) {
            throw reading.damaged(e);
        }
        return new Sight(texts);
    }

    private void add(
            final NavigableMap<BindingKey, ObjectId> texts, final int realm, final String segment, final ObjectId tree)
            throws IOException {
        final BindingKey key = new BindingKey(realm, segment, address);
        Optional<ObjectId> text = inSegment.get(tree);
        if (text == null) {
            final Optional<ObjectId> block = reading.child(tree, key.block());
            text = block.isEmpty() ? Optional.empty() : reading.child(block.get(), key.host());
            inSegment.put(tree, text);
            if (inSegment.size() > SEGMENTS_KEPT) {
                final Iterator<ObjectId> oldest = inSegment.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
        }
        text.ifPresent(id -> texts.put(key, id));
    }

    /** What a commit's tree says of one key; null when it is not in it. */
    Binding binding(final Sight sight, final BindingKey key) throws IOException {
        final ObjectId text = sight.text(key);
        return text == null ? null : reading.binding(text, key);
    }

    /**
     * Whether nothing happened from one to the other, however many commits lie between them. Where a peer may have
     * brought the address in between, not even a refresh may have.
     *
     * @param later the number of the later one on primary's line
     */
    boolean isUntouched(final Sight one, final long later, final Sight other, final long earlier) throws IOException {
        return one.texts().equals(other.texts()) || !mayHaveCome(earlier, later) && isSame(one, other);
    }

    /** Whether a peer may have brought the address by a commit after one of primary's line and up to another. */
    boolean mayHaveCome(final long earlier, final long later) throws IOException {
        return TimeIndex.mayHaveCome(index, address, earlier, later);
    }

    /**
     * Whether nothing happened from one to the other but, if refreshes do not count, such. Where a peer's history was
     * merged in between it does not say: what had moved away may be back, refreshed by a peer that never saw it go.
     */
    boolean isSame(final Sight one, final Sight other) throws IOException {
        if (one.texts().equals(other.texts())) {
            return true;
        }
        if (withRefreshes || !one.keys().equals(other.keys())) {
            return false;
        }
        for (final BindingKey key : one.keys()) {
            if (!isSame(key, one, other)) {
                return false;
            }
        }
        return true;
    }

    boolean isSame(final BindingKey key, final Sight one, final Sight other) throws IOException {
        if (Objects.equals(one.text(key), other.text(key))) {
            return true;
        }
        if (withRefreshes || one.text(key) == null || other.text(key) == null) {
            return false;
        }
        return binding(one, key).isSeenAgainAs(binding(other, key));
    }
}
