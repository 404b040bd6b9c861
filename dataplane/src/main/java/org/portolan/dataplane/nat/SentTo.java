package org.portolan.dataplane.nat;

/**
 * Which remote addresses each mapping has sent to, as the count of its sessions from inside: what address-dependent
 * filtering asks (RFC 4787 section 5). An address may send to the mapping as long as one of them lives.
 *
 * <p>There is room for every session, 24 bytes each, when the first policy filters by address; otherwise there is none,
 * and nothing is counted. One worker uses it.
 */
final class SentTo implements AutoCloseable {
    private final boolean isKept;
    private final KeyedCounts counts;

    SentTo(final NatConfig config) {
        isKept = config.filtersByAddress();
        counts = KeyedCounts.ofLongs(
                isKept ? config.maxSessions() : 0, config.secrets().remotes(), "remotes of mappings");
    }

    /** Whether a mapping has a session from inside with an address. */
    boolean has(final int mapping, final int remote) {
        return isKept && counts.of(key(mapping, remote)) > 0;
    }

    /** Counts a session from inside. */
    void add(final int mapping, final int remote) {
        if (isKept) {
            counts.add(key(mapping, remote));
        }
    }

    /** Takes a session off that was counted. */
    void remove(final int mapping, final int remote) {
        if (isKept) {
            counts.remove(key(mapping, remote));
        }
    }

    private static long key(final int mapping, final int remote) {
        return (long) mapping << 32 | remote & 0xFFFF_FFFFL;
    }

    long bytes() {
        return counts.bytes();
    }

    @Override
    public void close() {
        counts.close();
    }
}
