package org.portolan.control.history.retain;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.jgit.lib.ObjectReader;
import org.portolan.control.history.pack.RawCommit;

/**
 * Addresses that may have come by a peer's history in a stretch of the line, other than by being seen again. Where an
 * address is not among them, the same binding at both ends of the stretch was never gone in between. Never changed once
 * it is made.
 */
public final class MergedAddresses {
    /** Of more it is not kept which: a stretch has a few hundred commits. */
    public static final int MOST = 256;

    public static final MergedAddresses NONE = new MergedAddresses(new int[0]);

    /** It is not known which. */
    public static final MergedAddresses ANY = new MergedAddresses(null);

    private static final String NO_WORD = "-";
    private static final String ANY_WORD = "*";

    /** Looks into a commit for what came by it. */
    @FunctionalInterface
    public interface Finder {
        /** @param raw the commit as it is stored */
        MergedAddresses of(ObjectReader reader, RawCommit commit, byte[] raw) throws java.io.IOException;
    }

    /** Ascending; null for any. */
    private final int[] addresses;

    private MergedAddresses(final int[] addresses) {
        this.addresses = addresses;
    }

    public static MergedAddresses of(final IntStream some) {
        final int[] sorted = some.sorted().distinct().toArray();
        return sorted.length == 0 ? NONE : sorted.length > MOST ? ANY : new MergedAddresses(sorted);
    }

    public boolean mayHold(final int address) {
        return addresses == null || Arrays.binarySearch(addresses, address) >= 0;
    }

    MergedAddresses with(final MergedAddresses others) {
        if (others == NONE || this == ANY) {
            return this;
        }
        if (this == NONE || others == ANY) {
            return others;
        }
        return of(IntStream.concat(IntStream.of(addresses), IntStream.of(others.addresses)));
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof final MergedAddresses arrivals && Arrays.equals(addresses, arrivals.addresses);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(addresses);
    }

    /** One word: {@code -}, {@code *}, or addresses in hexadecimal with commas between. */
    @Override
    public String toString() {
        if (addresses == null) {
            return ANY_WORD;
        }
        return addresses.length == 0
                ? NO_WORD
                : IntStream.of(addresses)
                        .mapToObj(each -> HexFormat.of().toHexDigits(each))
                        .collect(Collectors.joining(","));
    }

    /** @throws IllegalArgumentException for any other word */
    static MergedAddresses parse(final String word) {
        return switch (word) {
            case NO_WORD -> NONE;
            case ANY_WORD -> ANY;
            default -> of(Arrays.stream(word.split(",")).mapToInt(HexFormat::fromHexDigits));
        };
    }
}
