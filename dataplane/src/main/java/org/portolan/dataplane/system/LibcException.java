package org.portolan.dataplane.system;

/** A Linux call that failed: which call, with what, the kernel's errno, and what the user can do about it. */
public final class LibcException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;

    /**
     * @param call the call with its arguments as the reader should see them
     * @param remedy what to do, or an empty string
     */
    public LibcException(final String call, final int errno, final String remedy) {
        super(call + ": " + Errno.describe(errno) + (remedy.isEmpty() ? "" : ". " + remedy));
        this.call = call;
        this.errno = errno;
    }

    public String call() {
        return call;
    }

    /** One of {@link Errno}'s constants. */
    public int errno() {
        return errno;
    }
}
