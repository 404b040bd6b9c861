package org.portolan.dataplane.counter;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;

/**
 * The counters, in a mapped file that another process can read while the router runs. The values are Agrona's: one
 * 64-bit
 * word a counter, each on cache lines of its own, each written by one thread with release.
 *
 * <pre>
 *  offset  bytes
 *       0      8  magic "PTLNCNT1"
 *       8      4  layout version
 *      12      4  bytes of the metadata that follow the header
 *      16      4  bytes of the values that follow the metadata
 *      24      8  process id
 *      32      8  start, milliseconds since 1970
 *      64         metadata, then values (org.agrona.concurrent.status.CountersReader)
 * </pre>
 */
public final class CounterFile implements AutoCloseable {
    static final int HEADER_BYTES = 64;
    private static final long MAGIC = 0x31544E434E4C5450L;
    private static final int VERSION = 1;
    private static final int MOST_COUNTERS = 1024;
    private static final int METADATA_BYTES = MOST_COUNTERS * CountersReader.METADATA_LENGTH;
    private static final int VALUES_BYTES = MOST_COUNTERS * CountersReader.COUNTER_LENGTH;

    private final Path path;
    private final MappedByteBuffer mapped;
    private final UnsafeBuffer metadata;
    private final UnsafeBuffer values;

    private CounterFile(
            final Path path, final MappedByteBuffer mapped, final int metadataBytes, final int valuesBytes) {
        this.path = path;
        this.mapped = mapped;
        metadata = new UnsafeBuffer(mapped, HEADER_BYTES, metadataBytes);
        values = new UnsafeBuffer(mapped, HEADER_BYTES + metadataBytes, valuesBytes);
    }

    /** Makes the file anew. A reader that has the old one mapped keeps reading the old one. */
    public static CounterFile create(final Path path, final long startMs) throws IOException {
        final Path fresh = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        final int bytes = HEADER_BYTES + METADATA_BYTES + VALUES_BYTES;
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            final MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
            mapped.order(ByteOrder.LITTLE_ENDIAN);
            mapped.putLong(0, MAGIC);
            mapped.putInt(8, VERSION);
            mapped.putInt(12, METADATA_BYTES);
            mapped.putInt(16, VALUES_BYTES);
            mapped.putLong(24, ProcessHandle.current().pid());
            mapped.putLong(32, startMs);
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return new CounterFile(path, mapped, METADATA_BYTES, VALUES_BYTES);
        }
    }

    /**
     * Maps another process's file for reading.
     *
     * @throws IOException when it is missing or not a counters file of this version
     */
    public static CounterFile open(final Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            final long size = channel.size();
            if (size < HEADER_BYTES || size > Integer.MAX_VALUE) {
                throw new IOException(path + " is not a Portolan counters file");
            }
            final MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
            mapped.order(ByteOrder.LITTLE_ENDIAN);
            final int metadataBytes = mapped.getInt(12);
            final int valuesBytes = mapped.getInt(16);
            if (mapped.getLong(0) != MAGIC
                    || mapped.getInt(8) != VERSION
                    || metadataBytes < 0
                    || valuesBytes < 0
                    || HEADER_BYTES + (long) metadataBytes + valuesBytes > size) {
                throw new IOException(path + " is not a Portolan counters file of version " + VERSION);
            }
            return new CounterFile(path, mapped, metadataBytes, valuesBytes);
        }
    }

    /** For the process that made the file. */
    public CountersManager manager() {
        return new CountersManager(metadata, values);
    }

    public CountersReader reader() {
        return new CountersReader(metadata, values);
    }

    public Path path() {
        return path;
    }

    /** Milliseconds since 1970. */
    public long startMs() {
        return mapped.getLong(32);
    }

    public long processId() {
        return mapped.getLong(24);
    }

    /** Unmaps; the file stays for a last look. No counter may be touched after. */
    @Override
    public void close() {
        BufferUtil.free(mapped);
    }
}
