package org.portolan.dataplane.forward;

/**
 * The two ports of a waiting frame in one int: it is looked at again as if it had just come in, when its egress knows
 * the next hop.
 */
public final class PendingPorts {
    private PendingPorts() {}

    static int pack(final int ingress, final int egress) {
        return ingress << 16 | egress;
    }

    public static int ingress(final int packed) {
        return packed >>> 16;
    }

    public static int egress(final int packed) {
        return packed & 0xFFFF;
    }
}
