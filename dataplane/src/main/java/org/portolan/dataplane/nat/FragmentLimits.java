package org.portolan.dataplane.nat;

/**
 * What datagrams in fragments may take, fixed at the start. Half of each number is for what comes from inside, half for
 * what comes from outside.
 *
 * @param datagrams that are remembered at once, {@value #LEAST_DATAGRAMS} to {@value #MOST_DATAGRAMS}; each takes 2 KiB
 * @param waiting fragments that wait for the first one of their datagram, {@value #LEAST_WAITING} to
 *     {@value #MOST_WAITING}; each takes a frame of the largest MTU
 * @param timeoutS how long a datagram is remembered of which something is missing, seconds
 */
public record FragmentLimits(int datagrams, int waiting, int timeoutS) {
    public static final int LEAST_DATAGRAMS = 64;
    public static final int MOST_DATAGRAMS = 65_536;
    public static final int LEAST_WAITING = 64;
    public static final int MOST_WAITING = 16_384;

    /** A day: milliseconds of it are far from an int's end. */
    public static final int LONGEST_TIMEOUT_S = 86_400;

    public static final FragmentLimits DEFAULT = new FragmentLimits(4_096, 512, 30);

    public FragmentLimits {
        require(datagrams, LEAST_DATAGRAMS, MOST_DATAGRAMS, "datagrams");
        require(waiting, LEAST_WAITING, MOST_WAITING, "waiting");
        require(timeoutS, 1, LONGEST_TIMEOUT_S, "timeoutS");
    }

    private static void require(final int value, final int least, final int most, final String what) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " out of range: " + value);
        }
    }
}
