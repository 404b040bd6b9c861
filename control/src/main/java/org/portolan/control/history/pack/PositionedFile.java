package org.portolan.control.history.pack;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file of which pieces are read. */
final class PositionedFile implements Closeable {
    private final FileChannel channel;
    private final long size;

    PositionedFile(final Path path) throws IOException {
        channel = FileChannel.open(path, StandardOpenOption.READ);
        size = channel.size();
    }

    /** When it was opened, bytes. */
    long size() {
        return size;
    }

    /** @throws EOFException when it is shorter by now */
    void read(final byte[] into, final int length, final long position) throws IOException {
        final ByteBuffer buffer = ByteBuffer.wrap(into, 0, length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException("cut off");
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
