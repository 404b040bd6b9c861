package org.portolan.control.history.pack;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.eclipse.jgit.lib.Constants;

/** The two ends of a pack: enough to see that it was cut off, or is not the one that its index was made for. */
public final class PackEnds {
    private static final byte[] SIGNATURE = {'P', 'A', 'C', 'K'};
    private static final int CHECKSUM = Constants.OBJECT_ID_LENGTH;

    private PackEnds() {}

    /**
     * Whether the pack begins as one and ends with the checksum that its index names.
     *
     * @param pack with its {@code .idx} beside it
     */
    public static boolean fit(final Path pack) throws IOException {
        final Path index = pack.resolveSibling(pack.getFileName().toString().replaceFirst("\\.pack$", ".idx"));
        try (PositionedFile packed = new PositionedFile(pack);
                PositionedFile indexed = new PositionedFile(index)) {
            // An index ends with the pack's checksum and its own.
            return Arrays.equals(read(packed, 0, SIGNATURE.length), SIGNATURE)
                    && Arrays.equals(
                            read(packed, packed.size() - CHECKSUM, CHECKSUM),
                            read(indexed, indexed.size() - 2 * CHECKSUM, CHECKSUM));
        } catch (final EOFException e) {
            return false;
        }
    }

    private static byte[] read(final PositionedFile file, final long position, final int length) throws IOException {
        if (position < 0) {
            throw new EOFException("cut off");
        }
        final byte[] bytes = new byte[length];
        file.read(bytes, length, position);
        return bytes;
    }
}
