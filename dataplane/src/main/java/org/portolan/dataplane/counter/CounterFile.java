package org.portolan.dataplane.counter;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;
import org.portolan.dataplane.system.HeldDirectory;
import org.portolan.dataplane.system.LibcException;
import org.portolan.dataplane.system.MappedFile;

/**
 * The counters, in a mapped file that another process can read while the router runs. The values are Agrona's: one
 * 64-bit word a counter, each on cache lines of its own, each written by one thread with release.
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

    private static final int BYTES = HEADER_BYTES + METADATA_BYTES + VALUES_BYTES;
    /** Anybody may read it. */
    private static final int MODE = 0644;

    private final UnsafeBuffer header;
    private final UnsafeBuffer metadata;
    private final UnsafeBuffer values;
    private final Runnable unmapping;

    private CounterFile(
            final UnsafeBuffer all, final int metadataBytes, final int valuesBytes, final Runnable unmapping) {
        header = new UnsafeBuffer(all, 0, HEADER_BYTES);
        metadata = new UnsafeBuffer(all, HEADER_BYTES, metadataBytes);
        values = new UnsafeBuffer(all, HEADER_BYTES + metadataBytes, valuesBytes);
        this.unmapping = unmapping;
    }

    /**
     * Makes a new file, with a place on the disk for all of it. A reader that has the old one mapped keeps reading
     * the old one.
     *
     * @param startMs milliseconds since 1970
     * @param uid the file's owner, or -1: who this process is
     * @throws LibcException that names the file: the disk is full, or what else MappedFile has
     */
    public static CounterFile create(
            final HeldDirectory directory, final String name, final long startMs, final int uid, final int gid) {
        final MappedFile mapped = MappedFile.create(directory, name, BYTES, MODE, uid, gid);
        final UnsafeBuffer all = new UnsafeBuffer(mapped.address(), BYTES);
        all.putInt(8, VERSION, ByteOrder.LITTLE_ENDIAN);
        all.putInt(12, METADATA_BYTES, ByteOrder.LITTLE_ENDIAN);
        all.putInt(16, VALUES_BYTES, ByteOrder.LITTLE_ENDIAN);
        all.putLong(24, ProcessHandle.current().pid(), ByteOrder.LITTLE_ENDIAN);
        all.putLong(32, startMs, ByteOrder.LITTLE_ENDIAN);
        all.putLong(0, MAGIC, ByteOrder.LITTLE_ENDIAN);
        return new CounterFile(all, METADATA_BYTES, VALUES_BYTES, mapped::close);
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
            return new CounterFile(new UnsafeBuffer(mapped), metadataBytes, valuesBytes, () -> BufferUtil.free(mapped));
        }
    }

    /** For the process that made the file. */
    public CountersManager manager() {
        return new CountersManager(metadata, values);
    }

    public CountersReader reader() {
        return new CountersReader(metadata, values);
    }

    /** Milliseconds since 1970. */
    public long startMs() {
        return header.getLong(32, ByteOrder.LITTLE_ENDIAN);
    }

    public long processId() {
        return header.getLong(24, ByteOrder.LITTLE_ENDIAN);
    }

    /** Unmaps; the file stays for a last look. No counter may be touched after. */
    @Override
    public void close() {
        unmapping.run();
    }
}
