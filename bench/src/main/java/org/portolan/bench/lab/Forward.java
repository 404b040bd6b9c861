package org.portolan.bench.lab;

/**
 * A port that the router's outside address passes on to an inside host.
 *
 * @param protocol {@code tcp} or {@code udp}
 */
public record Forward(String protocol, int externalPort, String internalAddress, int internalPort) {
    public static Forward tcp(final int externalPort, final String internalAddress, final int internalPort) {
        return new Forward("tcp", externalPort, internalAddress, internalPort);
    }

    public static Forward udp(final int externalPort, final String internalAddress, final int internalPort) {
        return new Forward("udp", externalPort, internalAddress, internalPort);
    }
}
