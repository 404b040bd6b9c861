package org.portolan.control.answer;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.eclipse.jgit.lib.ObjectId;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.Observation;
import org.portolan.control.text.LocalTimes;
import org.portolan.control.text.StreamTable.Cell;
import org.portolan.control.text.Style;
import org.portolan.dataplane.wire.Ethernet;

/** What the history keeps, as people and machines read it. */
final class BindingCells {
    private static final int SHORT_ID = 10;

    private BindingCells() {}

    /** As many digits as tell commits apart for years. */
    static String shortId(final ObjectId id) {
        return id.abbreviate(SHORT_ID).name();
    }

    static String mac(final long mac) {
        return mac == 0 ? "-" : Ethernet.describeMac(mac);
    }

    /** The MAC that it is or was about, gone or not. */
    static long mac(final Binding binding) {
        if (binding == null) {
            return 0;
        }
        if (binding.mac() != 0) {
            return binding.mac();
        }
        return binding.observed() == null ? 0 : binding.observed().mac();
    }

    static String state(final Binding binding) {
        return binding == null ? "none" : binding.state();
    }

    static Cell stateCell(final Binding binding) {
        return new Cell(
                state(binding),
                switch (state(binding)) {
                    case "live" -> Style.GREEN;
                    case "static" -> Style.CYAN;
                    case "flushed" -> Style.YELLOW;
                    default -> Style.DIM;
                });
    }

    /** What was seen of the MAC that the binding has; null when that MAC was never seen, as with many a static one. */
    static Observation observed(final Binding binding) {
        final Observation observed = binding == null ? null : binding.observed();
        return observed != null && observed.mac() == mac(binding) ? observed : null;
    }

    /** Since when it has that MAC. */
    static long sinceS(final Binding binding) {
        return binding.isStatic() || binding.observed() == null
                ? binding.pinned().sinceS()
                : binding.observed().sinceS();
    }

    /** Who says so: the operator who pinned it, else the router that saw it. */
    static String by(final Binding binding) {
        return binding.isStatic() || binding.observed() == null
                ? binding.pinned().by()
                : binding.observed().stamp().router();
    }

    static String interfaceName(final Binding binding) {
        return binding.observed() == null ? null : binding.observed().interfaceName();
    }

    static String orDash(final String text) {
        return text == null ? "-" : text;
    }

    static String orNothing(final String text) {
        return text == null ? "" : text;
    }

    /** The fields that stand for a binding wherever one is shown. */
    static void write(final JsonGenerator json, final Binding binding) throws IOException {
        mac(json, "mac", mac(binding));
        json.writeStringField("state", state(binding));
        if (binding == null) {
            return;
        }
        final Observation observed = observed(binding);
        text(json, "interface", interfaceName(binding));
        time(json, "since", sinceS(binding));
        time(json, "seen", observed == null ? 0 : observed.seenS());
        time(json, "ended", binding.endedS());
        text(
                json,
                "reason",
                binding.isStatic() || binding.observed() == null
                        ? null
                        : binding.observed().reason());
        text(json, "by", binding.isStatic() ? binding.pinned().by() : null);
        json.writeStringField(
                "router",
                binding.isStatic() || binding.observed() == null
                        ? binding.pinned().stamp().router()
                        : binding.observed().stamp().router());
    }

    /** Null for none. */
    static void mac(final JsonGenerator json, final String key, final long mac) throws IOException {
        text(json, key, mac == 0 ? null : Ethernet.describeMac(mac));
    }

    /** Null for none. */
    static void text(final JsonGenerator json, final String key, final String text) throws IOException {
        if (text == null) {
            json.writeNullField(key);
        } else {
            json.writeStringField(key, text);
        }
    }

    /** Null for 0. */
    static void time(final JsonGenerator json, final String key, final long epochS) throws IOException {
        text(json, key, epochS == 0 ? null : LocalTimes.utc(epochS));
    }
}
