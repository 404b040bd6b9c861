package org.portolan.dataplane.policy;

/**
 * What the RFCs leave to the operator and the session's path hardly sees.
 *
 * @param anotherAddress whether a host whose paired outside address has no free port gets one of another address of the
 *     pool, or is refused (RFC 7857 section 4)
 * @param portParity whether a UDP port that has to be changed stays odd or even (RFC 4787 REQ-4)
 * @param inboundRefresh whether packets from outside restart a session's timer (RFC 4787 REQ-6a)
 * @param otherProtocols which sessions of protocols without ports there may be
 */
public record Switches(
        boolean anotherAddress, boolean portParity, boolean inboundRefresh, OtherProtocols otherProtocols) {
    /** What holds unless the operator says otherwise. */
    public static final Switches USUAL = new Switches(false, false, true);

    /** With other protocols from inside. */
    public Switches(final boolean anotherAddress, final boolean portParity, final boolean inboundRefresh) {
        this(anotherAddress, portParity, inboundRefresh, OtherProtocols.DYNAMIC);
    }

    /** The same with another choice of protocols. */
    public Switches with(final OtherProtocols protocols) {
        return new Switches(anotherAddress, portParity, inboundRefresh, protocols);
    }
}
