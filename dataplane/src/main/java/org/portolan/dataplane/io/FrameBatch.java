package org.portolan.dataplane.io;

/** Up to a fixed number of frames of one interface, made once and refilled each time; one worker's. */
public final class FrameBatch {
    private final Frame[] frames;
    private int size;

    public FrameBatch(final int capacity) {
        frames = new Frame[capacity];
        for (int i = 0; i < capacity; i++) {
            frames[i] = new Frame();
        }
    }

    public int capacity() {
        return frames.length;
    }

    public int size() {
        return size;
    }

    public boolean isFull() {
        return size == frames.length;
    }

    public Frame frame(final int index) {
        return frames[index];
    }

    /** The next entry, to be set by the driver; the batch is not full. */
    public Frame append() {
        return frames[size++];
    }

    public void clear() {
        size = 0;
    }
}
