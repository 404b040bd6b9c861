package org.portolan.control.answer;

import org.portolan.control.config.Subnet;
import org.portolan.control.text.UsageException;
import org.portolan.control.view.RefusedException;
import org.portolan.control.view.SessionFilter;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/**
 * Which neighbors are asked for; what is not said matches all.
 *
 * @param mac 0 for any
 * @param interfaceName empty for any
 */
record NeighborFilter(Subnet subnet, long mac, String interfaceName) {

    static NeighborFilter of(final Request request) throws UsageException {
        final String mac = request.option("mac");
        return new NeighborFilter(
                request.subnet("address"), mac.isEmpty() ? 0 : BindingWords.mac(mac), request.option("interface"));
    }

    boolean isEverything() {
        return subnet.equals(SessionFilter.EVERYWHERE) && mac == 0 && interfaceName.isEmpty();
    }

    /**
     * @param otherMac another MAC that claims the address, 0 for none
     * @param on null for no interface
     */
    boolean matches(final int address, final long itsMac, final long otherMac, final String on) {
        return subnet.contains(address)
                && (mac == 0 || mac == itsMac || mac == otherMac)
                && (interfaceName.isEmpty() || interfaceName.equals(on));
    }

    /**
     * Says that it matched no neighbor.
     *
     * @param when such as "now"
     * @param withHistory whether there is a history to ask
     */
    RefusedException matchedNothing(final String when, final boolean withHistory) {
        final boolean one = subnet.prefixLength() == 32;
        final String address = Ipv4.describeAddress(subnet.network());
        final StringBuilder sentence = new StringBuilder("no neighbor");
        if (one) {
            sentence.append(' ').append(address);
        } else if (!subnet.equals(SessionFilter.EVERYWHERE)) {
            sentence.append(" in ").append(subnet);
        }
        if (mac != 0) {
            sentence.append(" with the MAC ").append(Ethernet.describeMac(mac));
        }
        if (!interfaceName.isEmpty()) {
            sentence.append(" on ").append(interfaceName);
        }
        sentence.append(' ').append(when);
        if (withHistory && one) {
            sentence.append("; who had it: portolan arp who ").append(address);
        } else if (withHistory && mac != 0) {
            sentence.append("; where it was: portolan arp log ").append(Ethernet.describeMac(mac));
        }
        return new RefusedException(sentence.toString());
    }
}
