package org.portolan.control.history.pack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdSet;

/**
 * Some of the objects of some packs: a bit each, and nothing else in the heap. Objects are numbered pack after pack, in
 * the order of their ids within each; one that several of the packs have may be chosen in any. One thread.
 */
public final class PackedSet implements ObjectIdSet, AutoCloseable {
    /** Told of objects by their numbers. */
    public interface Visitor {
        void visit(int number, ObjectId id) throws IOException;
    }

    private final List<Path> files = new ArrayList<>();
    private final List<PackEntries> packs = new ArrayList<>();
    private final List<Integer> begins = new ArrayList<>();
    private final BitSet all = new BitSet();
    private final BitSet chosen = new BitSet();
    private int lastHit;

    /** Nothing of them is chosen at first. */
    public PackedSet(final Collection<Path> files) throws IOException {
        try {
            for (final Path file : files) {
                open(file);
            }
        } catch (final IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void open(final Path file) throws IOException {
        final PackEntries pack = new PackEntries(file);
        files.add(file);
        packs.add(pack);
        begins.add(all.length());
        all.set(all.length(), Math.addExact(all.length(), pack.count()));
    }

    /** The same with all chosen. */
    public static PackedSet all(final Collection<Path> files) throws IOException {
        final PackedSet set = new PackedSet(files);
        set.chosen.or(set.all);
        return set;
    }

    /** The same without packs whose index is of version 1, damaged or on its way out. */
    public static PackedSet readable(final Collection<Path> files) throws IOException {
        final PackedSet set = new PackedSet(List.of());
        for (final Path file : files) {
            try {
                set.open(file);
            } catch (final IOException e) {
                continue;
            }
        }
        set.chosen.or(set.all);
        return set;
    }

    @Override
    public boolean contains(final AnyObjectId id) {
        try {
            return find(id, chosen) >= 0;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean containsAll(final PackedSet other) throws IOException {
        for (int number = other.chosen.nextSetBit(0); number >= 0; number = other.chosen.nextSetBit(number + 1)) {
            if (!contains(other.id(number))) {
                return false;
            }
        }
        return true;
    }

    /** Its number, if it is among some; else -1. Asks the pack of the last hit first. */
    private int find(final AnyObjectId id, final BitSet among) throws IOException {
        for (int i = 0; i < packs.size(); i++) {
            final int pack = (lastHit + i) % packs.size();
            final int entry = packs.get(pack).find(id);
            if (entry >= 0 && among.get(begins.get(pack) + entry)) {
                lastHit = pack;
                return begins.get(pack) + entry;
            }
        }
        return -1;
    }

    /** Chooses an object, if one of the packs has it. */
    public void add(final AnyObjectId id) throws IOException {
        final int number = find(id, all);
        if (number >= 0) {
            add(number);
        }
    }

    public void add(final int number) {
        chosen.set(number);
    }

    public void remove(final int number) {
        chosen.clear(number);
    }

    /** Chooses no more what another pack has too. */
    public void removeAll(final Path file, final Pause pause) throws IOException {
        try (PackEntries held = new PackEntries(file)) {
            forEach(pause, (number, id) -> {
                if (held.find(id) >= 0) {
                    remove(number);
                }
            });
        }
    }

    /** All that are chosen, in the order of their numbers. */
    public void forEach(final Pause pause, final Visitor visitor) throws IOException {
        for (int number = chosen.nextSetBit(0); number >= 0; number = chosen.nextSetBit(number + 1)) {
            visitor.visit(number, id(number));
            if ((number & 0xFF) == 0) {
                pause.pause();
            }
        }
    }

    public ObjectId id(final int number) throws IOException {
        final int pack = pack(number);
        return packs.get(pack).id(number - begins.get(pack));
    }

    public int type(final int number) throws IOException {
        final int pack = pack(number);
        return packs.get(pack).type(number - begins.get(pack));
    }

    private int pack(final int number) {
        int pack = packs.size() - 1;
        while (begins.get(pack) > number) {
            pack--;
        }
        return pack;
    }

    /** The packs. */
    public List<Path> files() {
        return files;
    }

    /** How many are chosen. */
    public int size() {
        return chosen.cardinality();
    }

    @Override
    public void close() throws IOException {
        for (final PackEntries pack : packs) {
            pack.close();
        }
    }
}
