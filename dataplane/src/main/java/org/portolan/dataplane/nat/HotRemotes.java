package org.portolan.dataplane.nat;

import java.util.Arrays;
import org.portolan.dataplane.wire.Flow;
import org.portolan.dataplane.wire.Ipv4;

/**
 * The remote endpoints that have flows on nearly every port of an outside address, with a bitmap of the ports that each
 * one has. A new shared mapping looks at random ports first; when none of them serves, nearly all are taken for that
 * remote endpoint, and its bitmap finds the last free one.
 *
 * <p>Such an endpoint has some 30,000 sessions or more, so there are few of them: one place for as many sessions, made
 * at the start. A bitmap is made by looking at every port once, and follows each session until the endpoint has less
 * than a quarter of the ports. So its cost, some milliseconds, comes once for thousands of sessions that begin or end.
 *
 * <p>One worker uses it.
 */
final class HotRemotes {
    private static final int PORTS = 1 << 16;
    private static final int SESSIONS_OF_ONE = 30_000;

    /** When an address shares fewer ports than this, a bitmap costs more than it saves. */
    static final int WORTH_A_BITMAP = PORTS / 2;

    /** With fewer ports than this, random ports serve. */
    private static final int LUKEWARM = PORTS / 4;

    /** A remote endpoint with one outside address. */
    private static final class Hot {
        private final long[] used = new long[PORTS / Long.SIZE];
        private long addresses;
        private long ports;
        private int count;

        boolean is(final long flowAddresses, final long flowPorts) {
            return count > 0 && addresses == flowAddresses && ports == flowPorts;
        }

        void set(final int port, final boolean isUsed) {
            final long bit = 1L << port;
            final boolean was = (used[port >>> 6] & bit) != 0;
            if (was != isUsed) {
                used[port >>> 6] ^= bit;
                count += isUsed ? 1 : -1;
            }
        }
    }

    private final SessionTable sessions;
    private final Hot[] hot;
    private int size;

    HotRemotes(final SessionTable sessions) {
        this.sessions = sessions;
        hot = new Hot[sessions.capacity() / SESSIONS_OF_ONE + 1];
        for (int i = 0; i < hot.length; i++) {
            hot[i] = new Hot();
        }
    }

    /** Whether a remote endpoint has a session on an outside port: the reply flow of it is in the table. */
    boolean isUsed(final long addresses, final long replyPorts, final int port) {
        return sessions.find(addresses, on(replyPorts, port)) >= 0;
    }

    /**
     * The ports of the reply flow that comes to another outside port.
     *
     * @param replyPorts a reply flow of the same remote endpoint to any port
     */
    static long on(final long replyPorts, final int port) {
        final int remotePort = Flow.protocol(replyPorts) == Ipv4.ICMP ? port : Flow.sourcePort(replyPorts);
        return Flow.ports(Flow.realm(replyPorts), Flow.protocol(replyPorts), remotePort, port);
    }

    /**
     * The ports that a remote endpoint has, one bit each.
     *
     * @param addresses of a reply flow: the remote address, and the outside one
     * @param replyPorts of the same
     */
    long[] usedBy(final long addresses, final long replyPorts) {
        final long ports = on(replyPorts, 0);
        Hot coldest = hot[0];
        for (final Hot each : hot) {
            if (each.is(addresses, ports)) {
                return each.used;
            }
            coldest = each.count < coldest.count ? each : coldest;
        }
        size += coldest.count == 0 ? 1 : 0;
        Arrays.fill(coldest.used, 0);
        coldest.count = 0;
        coldest.addresses = addresses;
        coldest.ports = ports;
        for (int port = 0; port < PORTS; port++) {
            coldest.set(port, isUsed(addresses, ports, port));
        }
        size -= coldest.count == 0 ? 1 : 0;
        return coldest.used;
    }

    /** Follows a session on a shared port that begins or ends. */
    void follow(final long addresses, final long replyPorts, final boolean begins) {
        if (size == 0) {
            return;
        }
        final long ports = on(replyPorts, 0);
        for (final Hot each : hot) {
            if (each.is(addresses, ports)) {
                each.set(Flow.destinationPort(replyPorts), begins);
                if (each.count < LUKEWARM) {
                    each.count = 0;
                    size--;
                }
                return;
            }
        }
    }
}
