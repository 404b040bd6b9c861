package org.portolan.dataplane.model;

/**
 * Who speaks to whom: a packet's addresses and ports as it arrives. For an ICMP query the identifier stands for both
 * ports. An ICMP error has the flow of the packet that it quotes, turned round.
 */
record SpecFlow(int protocol, int source, int sourcePort, int destination, int destinationPort) {
    SpecFlow turned() {
        return new SpecFlow(protocol, destination, destinationPort, source, sourcePort);
    }

    SpecEndpoint from() {
        return new SpecEndpoint(protocol, source, sourcePort);
    }

    SpecEndpoint to() {
        return new SpecEndpoint(protocol, destination, destinationPort);
    }
}
