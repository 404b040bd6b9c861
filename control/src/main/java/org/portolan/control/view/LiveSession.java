package org.portolan.control.view;

/**
 * One session. Addresses are ints as {@code Memory.u32} reads them; a port is 0 to 65535 and for ICMP the identifier.
 *
 * @param protocol the IPv4 header's: 1, 6 or 17
 * @param state a word of {@link RouterView#sessionStates}
 * @param opened which side opened it: {@code inside} or {@code outside}
 * @param hairpin whether its remote endpoint is an outside endpoint of this router
 * @param idleS since the last packet that refreshed it
 * @param expiresInS until it ends if nothing comes
 */
public record LiveSession(
        int protocol,
        String state,
        String opened,
        boolean hairpin,
        int insideAddress,
        int insidePort,
        int outsideAddress,
        int outsidePort,
        int remoteAddress,
        int remotePort,
        long bytesOut,
        long bytesIn,
        int idleS,
        int expiresInS) {}
