package org.portolan.control.history.pack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.DeflaterOutputStream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;

/** A pack whose checksums are right, and whose entries may say anything. */
final class MadePack {
    private static final int HEADER_BYTES = 12;

    private MadePack() {}

    static byte[] blob(final byte[] bytes) throws IOException {
        final ByteArrayOutputStream entry = new ByteArrayOutputStream();
        entry.write(Constants.OBJ_BLOB << 4 | bytes.length);
        deflate(bytes, entry);
        return entry.toByteArray();
    }

    static byte[] delta(final ObjectId base, final byte[] bytes) throws IOException {
        final ByteArrayOutputStream entry = new ByteArrayOutputStream();
        entry.write(Constants.OBJ_REF_DELTA << 4 | bytes.length);
        base.copyRawTo(entry);
        deflate(bytes, entry);
        return entry.toByteArray();
    }

    private static void deflate(final byte[] bytes, final ByteArrayOutputStream into) throws IOException {
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(into)) {
            deflater.write(bytes);
        }
    }

    /** The pack's file; its index is beside it. */
    static Path write(final Path directory, final Map<ObjectId, byte[]> entries) throws IOException {
        final ByteArrayOutputStream pack = new ByteArrayOutputStream();
        pack.write(ByteBuffer.allocate(HEADER_BYTES)
                .putInt(0x5041434B)
                .putInt(2)
                .putInt(entries.size())
                .array());
        final TreeMap<ObjectId, Integer> offsets = new TreeMap<>();
        for (final Map.Entry<ObjectId, byte[]> entry : new TreeMap<>(entries).entrySet()) {
            offsets.put(entry.getKey(), pack.size());
            pack.write(entry.getValue());
        }
        final byte[] checksum = sha1(pack.toByteArray());
        pack.write(checksum);
        final String name = "pack-" + HexFormat.of().formatHex(checksum);
        final byte[] index = index(offsets, checksum);
        Files.write(directory.resolve(name + ".idx"), index);
        return Files.write(directory.resolve(name + ".pack"), pack.toByteArray());
    }

    private static byte[] index(final TreeMap<ObjectId, Integer> offsets, final byte[] packChecksum) {
        final int count = offsets.size();
        final ByteBuffer index = ByteBuffer.allocate(8 + 1_024 + count * 28 + 40);
        index.putInt(0xFF744F63).putInt(2);
        for (int bucket = 0; bucket < 256; bucket++) {
            final int upTo = bucket;
            index.putInt((int) offsets.keySet().stream()
                    .filter(id -> id.getFirstByte() <= upTo)
                    .count());
        }
        for (final ObjectId id : offsets.keySet()) {
            id.copyRawTo(index);
        }
        index.position(index.position() + 4 * count);
        offsets.values().forEach(index::putInt);
        index.put(packChecksum);
        final byte[] bytes = index.array();
        final ByteBuffer whole = ByteBuffer.wrap(bytes, 0, index.position());
        final byte[] hashed = new byte[whole.remaining()];
        whole.get(hashed);
        index.put(sha1(hashed));
        return bytes;
    }

    private static byte[] sha1(final byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(bytes);
        } catch (final NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
