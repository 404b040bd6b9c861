package org.portolan.dataplane.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One reference that one thread writes and others read, for an immutable object that is replaced whole. The orderings
 * are those of {@link SharedWord}: who observes a reference sees everything that was written before it was published.
 */
public final class SharedReference<T> {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(SharedReference.class, "value", Object.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private T value;

    public SharedReference(final T first) {
        publish(first);
    }

    /** Release; the one writer. */
    public void publish(final T replacement) {
        VALUE.setRelease(this, replacement);
    }

    /** Acquire; any thread. */
    @SuppressWarnings("unchecked")
    public T observe() {
        return (T) VALUE.getAcquire(this);
    }

    /** Plain; the writer itself. */
    public T peek() {
        return value;
    }
}
