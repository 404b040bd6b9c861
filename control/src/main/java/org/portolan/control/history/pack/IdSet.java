package org.portolan.control.history.pack;

import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectIdSet;

/** A set of object ids, 30 bytes each where a HashSet takes 100: a year's commits have to fit beside the router. */
public final class IdSet implements ObjectIdSet {
    private static final int WORDS = 5;
    private static final int SMALLEST = 1 << 10;

    /** Open addressing; an id of five zeros would look like a free place, and no object has it. */
    private int[] table = new int[SMALLEST * WORDS];

    private int places = SMALLEST;
    private int size;
    private final int[] words = new int[WORDS];

    public int size() {
        return size;
    }

    @Override
    public boolean contains(final AnyObjectId id) {
        id.copyRawTo(words, 0);
        return !isFree(table, place(table, places, words, 0));
    }

    /** @return whether it was not there before */
    public boolean add(final AnyObjectId id) {
        id.copyRawTo(words, 0);
        final int place = place(table, places, words, 0);
        if (!isFree(table, place)) {
            return false;
        }
        System.arraycopy(words, 0, table, place, WORDS);
        size++;
        if (size > places - (places >>> 2)) {
            grow();
        }
        return true;
    }

    private void grow() {
        final int more = Math.multiplyExact(places, 2);
        final int[] next = new int[Math.multiplyExact(more, WORDS)];
        for (int from = 0; from < table.length; from += WORDS) {
            if (!isFree(table, from)) {
                System.arraycopy(table, from, next, place(next, more, table, from), WORDS);
            }
        }
        table = next;
        places = more;
    }

    /** Where the id is, or where it would be put. Ids are hashes already. */
    private static int place(final int[] table, final int places, final int[] id, final int at) {
        int place = (id[at + 1] & places - 1) * WORDS;
        while (!isFree(table, place) && !isSame(table, place, id, at)) {
            place += WORDS;
            if (place == table.length) {
                place = 0;
            }
        }
        return place;
    }

    private static boolean isFree(final int[] table, final int place) {
        return (table[place] | table[place + 1] | table[place + 2] | table[place + 3] | table[place + 4]) == 0;
    }

    private static boolean isSame(final int[] table, final int place, final int[] id, final int at) {
        for (int i = 0; i < WORDS; i++) {
            if (table[place + i] != id[at + i]) {
                return false;
            }
        }
        return true;
    }
}
