package org.portolan.dataplane.policy;

/**
 * What one inside host may have and do (RFC 6888 REQ-4, REQ-5). Sessions that outside hosts open on its forwards do not
 * count, nor do the forwards' ports: the outside cannot use up what the host needs for itself.
 *
 * @param sessions that it has opened, 1 or more
 * @param ports of its mappings, of all protocols together, resting ones included, 1 or more
 * @param rate new sessions a second, 1 or more
 * @param burst new sessions at once after a time without any, {@code rate} or more, as the clock has whole seconds
 */
public record HostLimits(int sessions, int ports, int rate, int burst) {
    /** Stands for no limit. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    public static final HostLimits NONE = new HostLimits(UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED);

    public HostLimits {
        if (sessions < 1 || ports < 1 || rate < 1 || burst < rate) {
            throw new IllegalArgumentException("a limit below 1, or a burst below its rate");
        }
    }

    /** Half of the session table, so that no host fills it alone; a host's ports are those of its paired address. */
    public static int defaultSessions(final int maxSessions) {
        return Math.max(1, maxSessions / 2);
    }

    public boolean hasRate() {
        return rate != UNLIMITED;
    }
}
