package org.portolan.control.expiry;

import java.util.List;
import org.portolan.control.log.Log;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.ProtocolName;

/**
 * Reports to the operator which hosts are refused a session because there is no room. Each reason is a kind of its own
 * for the log's rate limit, so that a flood from outside does not hide what happens to an inside host.
 *
 * <p>Control's thread writes, any thread reads.
 */
public final class RefusalLog {
    private static final String NOBODY = "none";

    private final List<String> interfaces;
    private final Log log;
    private volatile String lastInside = NOBODY;
    private volatile String lastRemote = NOBODY;

    /** @param interfaces names, by port */
    public RefusalLog(final List<String> interfaces, final Log log) {
        this.interfaces = List.copyOf(interfaces);
        this.log = log;
    }

    public void inside(final DropReason reason, final int port, final int host) {
        lastInside = Ipv4.describeAddress(host);
        log.warn("new sessions are refused: " + reason.text + " (%s on %s)", lastInside, interfaces.get(port));
    }

    public void remote(
            final DropReason reason, final int remote, final int protocol, final int external, final int port) {
        lastRemote = Ipv4.describeAddress(remote);
        log.warn(
                "new sessions from outside are refused: " + reason.text + " (%s to the forward of %s %s:%d)",
                lastRemote,
                ProtocolName.of(protocol),
                Ipv4.describeAddress(external),
                port);
    }

    /** Address of the inside host that was refused last. */
    public String lastInside() {
        return lastInside;
    }

    /** Address of the remote host that was refused last. */
    public String lastRemote() {
        return lastRemote;
    }
}
