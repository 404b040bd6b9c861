package org.portolan.control.history;

import org.portolan.control.history.record.BindingKey;

/**
 * One interface as the history sees it.
 *
 * @param segment the wire's name, the same on every router that shares it
 * @param interfaceName this router's name for it
 */
public record Wire(int realm, String segment, String interfaceName) {

    BindingKey key(final int address) {
        return new BindingKey(realm, segment, address);
    }

    /** Whether the key is of one of these wires: what is not, this router keeps for others, and has no use for. */
    static boolean isAny(final Wire[] wires, final BindingKey key) {
        for (final Wire wire : wires) {
            if (wire.holds(key)) {
                return true;
            }
        }
        return false;
    }

    boolean holds(final BindingKey key) {
        return key.realm() == realm && key.segment().equals(segment);
    }
}
