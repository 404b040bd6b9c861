package org.portolan.control.view;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/** Writes down what was asked for. Addresses above 192.168.1.127 are refused, .127 was static before. */
public final class SampleEditor implements NeighborEditor {
    private static final int LAST = 0xC0A8_017F;

    /** In the order asked, each with who asked. */
    public final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    @Override
    public List<Outcome> pin(final List<Binding> bindings, final String interfaceName, final String by) {
        asked.add("pin %d on %s by %s".formatted(bindings.size(), interfaceName, by));
        return bindings.stream().map(SampleEditor::outcome).toList();
    }

    private static Outcome outcome(final Binding binding) {
        final String address = Ipv4.describeAddress(binding.address());
        if (binding.address() > LAST) {
            return new Outcome(binding, "", false, address + " is refused: " + Ethernet.describeMac(binding.mac()));
        }
        return new Outcome(binding, "lan", binding.address() == LAST, "");
    }

    @Override
    public String unpin(final int address, final String by) throws RefusedException {
        asked.add("unpin %s by %s".formatted(Ipv4.describeAddress(address), by));
        if (address > LAST) {
            throw new RefusedException("not static");
        }
        return "lan";
    }

    @Override
    public int flush(final int address, final String by) {
        asked.add("flush %s by %s".formatted(Ipv4.describeAddress(address), by));
        return 1;
    }

    @Override
    public int flushAll(final String interfaceName, final String by) {
        asked.add("flush all on %s by %s".formatted(interfaceName, by));
        return 3;
    }
}
