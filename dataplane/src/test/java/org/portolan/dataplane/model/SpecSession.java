package org.portolan.dataplane.model;

/** A mapping in use with one remote endpoint. */
final class SpecSession {
    final SpecMapping mapping;

    /** Its two ends here: the mapping's, but on a whole address with the ports that the packets have. */
    final SpecEndpoint inside;

    final SpecEndpoint outside;

    /** The remote endpoint; a query's has the port 0. */
    final SpecEndpoint remote;

    /** Whether an outside host opened it, on a forward. */
    final boolean fromOutside;

    /** Whether it is a half of a hairpin: its remote is an outside endpoint of this router. */
    final boolean isHalf;

    SpecState state;

    /** What was seen of a TCP connection. */
    SpecTcp.Seen tcp = SpecTcp.Seen.NOTHING;

    int lastSeenS;
    long bytesOut;
    long bytesIn;

    SpecSession(
            final SpecMapping mapping,
            final SpecEndpoint inside,
            final SpecEndpoint remote,
            final boolean fromOutside,
            final boolean isHalf,
            final SpecState state,
            final int nowS) {
        this.mapping = mapping;
        this.inside = inside;
        outside = mapping.isWhole()
                ? new SpecEndpoint(inside.protocol(), mapping.outside.address(), inside.port())
                : mapping.outside;
        this.remote = remote;
        this.fromOutside = fromOutside;
        this.isHalf = isHalf;
        this.state = state;
        lastSeenS = nowS;
    }

    /** The flow of its packets from inside, as they arrive. */
    SpecFlow insideFlow() {
        return flow(inside);
    }

    /** The flow of its packets from outside, as they arrive. */
    SpecFlow outsideFlow() {
        return flow(outside).turned();
    }

    /** For a query the identifier of this side stands for both ports. */
    private SpecFlow flow(final SpecEndpoint near) {
        final int far = near.protocol() == SpecProtocol.ICMP ? near.port() : remote.port();
        return new SpecFlow(near.protocol(), near.address(), near.port(), remote.address(), far);
    }

    @Override
    public String toString() {
        return "%s = %s > %s %s%s, last seen at %d s, %d bytes out, %d bytes in"
                .formatted(
                        inside,
                        outside,
                        remote,
                        state,
                        fromOutside ? " from outside" : "",
                        lastSeenS,
                        bytesOut,
                        bytesIn);
    }
}
