package org.portolan.control.admin;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.channels.SocketChannel;

/**
 * The kernel's number of a channel. Java gives it only to a process started with {@code --add-exports
 * java.base/sun.nio.ch=ALL-UNNAMED}, which the jar's manifest sees to.
 */
final class SocketDescriptor {
    static final int UNKNOWN = -1;

    private static final MethodHandle FD_VAL = find();

    private SocketDescriptor() {}

    static boolean isKnown() {
        return FD_VAL != null;
    }

    /** Valid as long as no other thread may close the channel; {@link #UNKNOWN} without that option. */
    static int of(final SocketChannel channel) {
        if (FD_VAL == null) {
            return UNKNOWN;
        }
        try {
            return (int) FD_VAL.invoke(channel);
        } catch (final Throwable e) {
            throw new IllegalStateException("a channel without a descriptor", e);
        }
    }

    private static MethodHandle find() {
        try {
            return MethodHandles.lookup()
                    .findVirtual(Class.forName("sun.nio.ch.SelChImpl"), "getFDVal", MethodType.methodType(int.class));
        } catch (final ReflectiveOperationException e) {
            return null;
        }
    }
}
