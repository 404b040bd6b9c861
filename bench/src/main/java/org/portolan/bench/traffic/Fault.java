package org.portolan.bench.traffic;

/** What can be wrong with a frame that arrived; the first that is found counts. */
public enum Fault {
    NONE("right"),
    NOT_WHOLE("shorter than its headers say, or no such frame"),
    MAC("not for the receiving host's MAC address"),
    IPV4_HEADER("IPv4 header is malformed, has options or is a fragment's"),
    IPV4_CHECKSUM("IPv4 header checksum is wrong"),
    TTL("TTL did not go down by the device's hops"),
    LENGTH("UDP length, IPv4 length and frame length differ"),
    SERVER("the server's address or port was changed"),
    ADDRESS("translated address is not one of the device's"),
    UDP_CHECKSUM("UDP checksum is wrong"),
    PAYLOAD("payload was changed"),
    RUN("sent in another run"),
    FLOW_MOVED("flow arrived with another endpoint than before"),
    ENDPOINT_SHARED("two flows arrived with one endpoint");

    /** For the operator. */
    public final String text;

    Fault(final String text) {
        this.text = text;
    }
}
