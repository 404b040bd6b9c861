package org.portolan.dataplane.command;

/**
 * The messages between control and a worker. Each worker has four rings, so that a flood of one kind does not fill the
 * ring of another; ARP and RESOLVE share one:
 *
 * <pre>
 *  ring      from     to       messages
 *  command   control  worker   EXPIRE, LINK, REPLACE_IO, SWAP_LATENCY, RECHECK
 *  inject    control  worker   FRAME
 *  punt      worker   control  ARP, RESOLVE
 *  event     worker   control  REFUSED, FORWARD_REFUSED
 * </pre>
 *
 * RESOLVE may fill half of the punt ring, so that ARP always has the other half. Bodies are in the machine's byte
 * order:
 *
 * <pre>
 *  EXPIRE        session:4 generation:4 lastSeen:4
 *  LINK          port:4 up:4 mtu:4 pad:4 mac:8
 *  REPLACE_IO    port:4
 *  SWAP_LATENCY  (empty)
 *  RECHECK       session:4 epoch:4
 *  FRAME         port:4 frame bytes
 *  ARP           port:4 frame bytes, the Ethernet header first
 *  RESOLVE       port:4 address:4 asker:4
 *  REFUSED       reason:4 port:4 host:4
 *  FORWARD_REFUSED  reason:4 port:4 remote:4 external:4 (protocol << 16 | externalPort):4
 * </pre>
 */
final class Messages {
    static final int EXPIRE = 1;
    static final int LINK = 2;
    static final int REPLACE_IO = 3;
    static final int SWAP_LATENCY = 4;
    static final int FRAME = 5;
    static final int ARP = 6;
    static final int RESOLVE = 7;
    static final int REFUSED = 8;
    static final int FORWARD_REFUSED = 9;
    static final int RECHECK = 10;

    static final int FIRST = 0;
    static final int SECOND = 4;
    static final int THIRD = 8;
    static final int REFUSED_BYTES = 12;
    static final int FORWARD_ADDRESS = 12;
    static final int FORWARD_ENDPOINT = 16;
    static final int FORWARD_REFUSED_BYTES = 20;
    static final int LINK_MAC = 16;
    static final int LINK_BYTES = 24;
    static final int RESOLVE_BYTES = 12;
    static final int FRAME_BYTES_OFFSET = 4;

    /** Longest frame that rides on the punt and inject rings: ARP with Ethernet padding is 60. */
    static final int MOST_FRAME_BYTES = 128;

    private Messages() {}
}
