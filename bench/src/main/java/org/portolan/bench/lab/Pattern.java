package org.portolan.bench.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/**
 * Any number of bytes made as they are sent: one block of noise over and over, its first eight bytes the block's
 * number, so that a block lost, doubled or out of order changes the hash.
 */
public final class Pattern {
    private static final int BLOCK_BYTES = 256 << 10;

    private final byte[] noise = new byte[BLOCK_BYTES];
    private final long bytes;

    /**
     * @param seed two patterns of one seed are the same
     * @param bytes how long the pattern is
     */
    public Pattern(final long seed, final long bytes) {
        new Random(seed).nextBytes(noise);
        this.bytes = bytes;
    }

    /** What arrived: its length and its SHA-256 in hex. */
    public record Received(long bytes, String sha256) {}

    public long bytes() {
        return bytes;
    }

    /** Writes the whole pattern and leaves the stream open. */
    public void writeTo(final OutputStream out) throws IOException {
        final byte[] block = noise.clone();
        final ByteBuffer number = ByteBuffer.wrap(block);
        for (long at = 0; at < bytes; at += BLOCK_BYTES) {
            number.putLong(0, at / BLOCK_BYTES);
            out.write(block, 0, (int) Math.min(BLOCK_BYTES, bytes - at));
        }
    }

    /** The hash of the whole pattern, computed here and now without any network. */
    public String sha256() {
        final MessageDigest digest = digest();
        final byte[] block = noise.clone();
        final ByteBuffer number = ByteBuffer.wrap(block);
        for (long at = 0; at < bytes; at += BLOCK_BYTES) {
            number.putLong(0, at / BLOCK_BYTES);
            digest.update(block, 0, (int) Math.min(BLOCK_BYTES, bytes - at));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Reads a stream to its end and hashes it on the way. */
    public static Received receive(final InputStream in) throws IOException {
        final MessageDigest digest = digest();
        final byte[] buffer = new byte[BLOCK_BYTES];
        long total = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            digest.update(buffer, 0, read);
            total += read;
        }
        return new Received(total, HexFormat.of().formatHex(digest.digest()));
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
