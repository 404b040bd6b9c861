package org.portolan.bench.traffic;

/**
 * A way through the device, as it looks where frames arrive.
 *
 * @param outside the device's addresses towards the server: a NAT's pool, or without a NAT the inside hosts
 * @param server address that flows talk to
 * @param serverPort its UDP port
 * @param hops what the device takes off the TTL: 1 for a router, 0 when there is none
 */
public record Passage(TrafficDirection direction, AddressBlock outside, int server, int serverPort, int hops) {
    /** Whom frames should come from. */
    AddressBlock sources() {
        return direction == TrafficDirection.OUTBOUND ? outside : new AddressBlock(server, 1);
    }

    /** nft(8)'s word for the port that is the server's. */
    String serverPortField() {
        return direction == TrafficDirection.OUTBOUND ? "dport" : "sport";
    }
}
