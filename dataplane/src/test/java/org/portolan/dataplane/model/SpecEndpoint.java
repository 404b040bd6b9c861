package org.portolan.dataplane.model;

/** One end of a flow. */
record SpecEndpoint(int protocol, int address, int port) {
    @Override
    public String toString() {
        return SpecProtocol.name(protocol) + " " + SpecProtocol.address(address) + ":" + port;
    }
}
