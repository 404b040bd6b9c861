package org.portolan.control.history.pack;

import java.io.EOFException;
import java.io.IOException;

/** What was read last of some packs, in windows: 2 MB at most, however many packs there are. */
final class PackWindows {
    static final int WINDOW = 8_192;
    private static final int SLOT_BITS = 8;

    private final Window[] slots = new Window[1 << SLOT_BITS];

    private static final class Window {
        private final byte[] bytes = new byte[WINDOW];
        private PositionedFile file;
        private long number;
    }

    /** The window that holds the byte there, at its offset modulo {@link #WINDOW}. */
    byte[] around(final PositionedFile file, final long offset) throws IOException {
        final long number = offset / WINDOW;
        final int slot = slot(file, number);
        Window window = slots[slot];
        if (window == null) {
            window = new Window();
            slots[slot] = window;
        }
        if (window.file != file || window.number != number) {
            load(window, file, number);
        }
        return window.bytes;
    }

    private static void load(final Window window, final PositionedFile file, final long number) throws IOException {
        final long begin = number * WINDOW;
        if (begin < 0 || begin >= file.size()) {
            throw new EOFException("beyond the end");
        }
        window.file = null;
        file.read(window.bytes, (int) Math.min(WINDOW, file.size() - begin), begin);
        window.file = file;
        window.number = number;
    }

    private int slot(final PositionedFile file, final long number) {
        // Neighbors have slots of their own, so that a stretch that is read in order throws out nothing of itself.
        return (int) (number + file.hashCode()) & slots.length - 1;
    }
}
