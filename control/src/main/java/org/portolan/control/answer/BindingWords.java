package org.portolan.control.answer;

import java.util.ArrayList;
import java.util.List;
import org.portolan.control.config.Ipv4Text;
import org.portolan.control.config.MacText;
import org.portolan.control.text.UsageException;
import org.portolan.control.view.NeighborEditor.Binding;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/** Addresses, MACs and bindings as they stand in a request: {@code ADDRESS/MAC,ADDRESS/MAC}. */
public final class BindingWords {
    /** So that a request of the widest addresses stays well within {@link Request#LONGEST_BYTES}. */
    public static final int MOST = 100;

    private BindingWords() {}

    public static int address(final String text) throws UsageException {
        if (!Ipv4Text.isAddress(text)) {
            throw new UsageException("%s: not an IPv4 address, such as 192.168.1.20".formatted(text));
        }
        return Ipv4Text.parse(text);
    }

    public static long mac(final String text) throws UsageException {
        if (!MacText.isMac(text)) {
            throw new UsageException("%s: not a MAC address, such as 02:50:2a:16:6d:14".formatted(text));
        }
        final long mac = MacText.parse(text);
        if (mac == 0 || Ethernet.isGroup(mac)) {
            throw new UsageException("%s: no host has this MAC; allowed: not zero, and unicast".formatted(text));
        }
        return mac;
    }

    public static String of(final List<Binding> bindings) {
        final StringBuilder words = new StringBuilder();
        for (final Binding each : bindings) {
            words.append(words.isEmpty() ? "" : ",")
                    .append(Ipv4.describeAddress(each.address()))
                    .append('/')
                    .append(Ethernet.describeMac(each.mac()));
        }
        return words.toString();
    }

    static List<Binding> bindings(final String words) throws UsageException {
        final String[] all = words.split(",", -1);
        if (all.length > MOST) {
            throw new UsageException("--bindings has %d: allowed: at most %d".formatted(all.length, MOST));
        }
        final List<Binding> bindings = new ArrayList<>(all.length);
        for (final String each : all) {
            final int slash = each.indexOf('/');
            if (slash < 0) {
                throw new UsageException("--bindings %s: allowed: ADDRESS/MAC,ADDRESS/MAC".formatted(each));
            }
            bindings.add(new Binding(address(each.substring(0, slash)), mac(each.substring(slash + 1))));
        }
        return bindings;
    }
}
