package org.portolan.control.history.pack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.internal.storage.pack.BinaryDelta;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.Repository;
import org.portolan.control.history.pack.BaseCache.Unpacked;

/**
 * Reads objects out of some packs. One thread.
 *
 * <p>A null means that it cannot tell: the caller asks JGit, which says what is wrong, if anything is.
 */
public final class PackReader implements AutoCloseable {
    /** Of a place. */
    public static final int PLACE_BITS = 48;

    private static final int OFFSET_BITS = 36;

    /** The history's largest object, its widest directory, is a seventh of it. */
    private static final int MOST_OBJECT_BYTES = 16 << 20;

    /** All deltas down to a whole object: what is more is left to JGit. */
    private static final int MOST_CHAIN_BYTES = 32 << 20;

    /** git's own limit (MAX_DELTA_DEPTH in its pack-objects.h); what is longer is a circle. */
    private static final int LONGEST_CHAIN = 4_095;

    /** As JGit knows them. */
    private final List<Pack> packs;

    private final PackFile[] sources;
    /** The one that had what was asked for last comes first. */
    private final PackFile[] order;

    private final BaseCache bases = new BaseCache();
    private final EntryHeader header = new EntryHeader();
    private final Inflater inflater = new Inflater();
    private final List<Delta> chain = new ArrayList<>();

    /**
     * Opens a pack when something is looked for in it: whoever finds all in the newest ones pays for no more.
     *
     * @param files {@code .pack}, which have their {@code .idx} beside them, the newest first
     */
    private PackReader(final List<Supplier<Path>> files, final Collection<Pack> packs) {
        this.packs = List.copyOf(packs);
        final PackWindows windows = new PackWindows();
        sources = new PackFile[files.size()];
        for (int i = 0; i < sources.length; i++) {
            sources[i] = new PackFile(i, files.get(i), windows);
        }
        order = sources.clone();
    }

    /** @param packs as above */
    static PackReader of(final List<Path> packs) {
        final List<Supplier<Path>> sources = new ArrayList<>(packs.size());
        packs.forEach(pack -> sources.add(() -> pack));
        return new PackReader(sources, List.of());
    }

    /** Of a repository's packs, the newest first; of one that is not in files, none. */
    public static PackReader of(final Repository git) {
        final List<Supplier<Path>> sources = new ArrayList<>();
        final Collection<Pack> packs = packs(git);
        packs.forEach(pack -> sources.add(() -> pack.getPackFile().toPath()));
        return new PackReader(sources, packs);
    }

    private static Collection<Pack> packs(final Repository git) {
        return git.getObjectDatabase() instanceof final ObjectDirectory objects ? objects.getPacks() : List.of();
    }

    /** Whether these are the packs that JGit knows now: others may have come, and replaced them. */
    boolean isAllOf(final Repository git) {
        return List.copyOf(packs(git)).equals(packs);
    }

    private record Delta(long offset, byte[] bytes) {}

    /**
     * Where an object is: a number of {@link #PLACE_BITS} bits, to be read in its order, so that each part of a pack is
     * read once. -1 when none of the packs is seen to have it. Cheapest in the order of ids.
     */
    public long find(final AnyObjectId id) {
        for (int i = 0; i < order.length; i++) {
            final PackFile source = order[i];
            final long offset = source.find(id);
            if (offset >= 0) {
                System.arraycopy(order, 0, order, 1, i);
                order[0] = source;
                return place(source.number, offset);
            }
        }
        return -1;
    }

    /** None for a pack of over 64 GB, or one of thousands. */
    private static long place(final int number, final long offset) {
        final boolean fits = offset >>> OFFSET_BITS == 0 && number >>> PLACE_BITS - OFFSET_BITS == 0;
        return fits ? (long) number << OFFSET_BITS | offset : -1;
    }

    /**
     * The object, which is not to be changed; null when it is of another type, longer, or cannot be read.
     *
     * @param place what {@link #find} said
     * @param type {@link Constants#OBJ_BLOB} and the like
     */
    public byte[] read(final long place, final int type, final int mostBytes) {
        final Unpacked object = unpack(place);
        return object != null && object.type() == type && object.bytes().length <= mostBytes ? object.bytes() : null;
    }

    /** The same, whatever its type; null when it cannot be read. */
    public ObjectLoader open(final long place) {
        final Unpacked object = unpack(place);
        return object == null ? null : new ObjectLoader.SmallObject(object.type(), object.bytes());
    }

    private Unpacked unpack(final long place) {
        try {
            final PackFile source = sources[Math.toIntExact(place >>> OFFSET_BITS)];
            return unpack(source, place & (1L << OFFSET_BITS) - 1);
        } catch (final IOException
                | DataFormatException
                | IndexOutOfBoundsException
                | ArithmeticException
                | IllegalArgumentException e) {
            return null;
        }
    }

    /** Down the chain to what is whole, or known, and up again. */
    private Unpacked unpack(final PackFile source, final long offset) throws IOException, DataFormatException {
        chain.clear();
        int chainBytes = 0;
        long at = offset;
        Unpacked object = bases.get(source, at);
        while (object == null) {
            header.read(source, at);
            final int type = header.type();
            final byte[] bytes = inflate(source);
            if (type != Constants.OBJ_OFS_DELTA && type != Constants.OBJ_REF_DELTA) {
                object = new Unpacked(source, at, type, bytes);
                bases.put(object);
            } else {
                chainBytes += bytes.length;
                if (chain.size() == LONGEST_CHAIN || chainBytes > MOST_CHAIN_BYTES) {
                    throw new IOException("a chain of deltas that is too long");
                }
                chain.add(new Delta(at, bytes));
                at = type == Constants.OBJ_OFS_DELTA ? header.base() : source.find(header.baseId());
                object = bases.get(source, at);
            }
        }
        for (final Delta delta : chain.reversed()) {
            object = apply(object, delta);
            bases.put(object);
        }
        return object;
    }

    private byte[] inflate(final PackFile source) throws IOException, DataFormatException {
        if (header.size() > MOST_OBJECT_BYTES) {
            throw new IOException("an object of a size that no history has");
        }
        final byte[] bytes = new byte[(int) header.size()];
        source.inflate(header.data(), inflater, bytes);
        return bytes;
    }

    private static Unpacked apply(final Unpacked base, final Delta delta) throws IOException {
        final long bytes = BinaryDelta.getResultSize(delta.bytes);
        if (bytes < 0 || bytes > MOST_OBJECT_BYTES) {
            throw new IOException("an object of a size that no history has");
        }
        final byte[] result = BinaryDelta.apply(base.bytes(), delta.bytes, new byte[(int) bytes]);
        return new Unpacked(base.pack(), delta.offset, base.type(), result);
    }

    @Override
    public void close() {
        inflater.end();
        for (final PackFile source : sources) {
            source.close();
        }
    }
}
