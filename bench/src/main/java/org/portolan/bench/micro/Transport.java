package org.portolan.bench.micro;

import org.portolan.dataplane.wire.Ipv4;

/** What a flow's packets carry. */
public enum Transport {
    UDP(Ipv4.UDP),
    TCP(Ipv4.TCP);

    /** IP protocol number. */
    final int number;

    Transport(final int number) {
        this.number = number;
    }
}
