package org.portolan.control.history.record;

import java.nio.charset.StandardCharsets;
import org.portolan.control.history.record.Observation.State;
import org.portolan.dataplane.wire.Ethernet;

/**
 * A binding as the text of its file: one field a line, key, space, value, so that blame and diff tell which field
 * changed when. The same binding is always the same bytes, and only those bytes are read.
 *
 * <pre>
 *   state live                       the observation's eight lines: all of them (ended only when it is over), or none
 *   mac 02:50:2a:16:6d:01
 *   since 2026-11-23T14:02:11Z
 *   seen 2026-11-23T14:32:11Z
 *   ended 2026-11-23T15:00:00Z
 *   reason answered
 *   interface lan
 *   stamp 184 edge-1
 *   static 02:50:2a:16:6d:09         the pin's four lines, or none; "removed" in place of the MAC when it is over
 *   static-by root
 *   static-since 2026-11-23T14:02:11Z
 *   static-stamp 185 edge-1
 * </pre>
 */
public final class BindingText {
    /** No binding's text is longer. */
    public static final int LONGEST_BYTES = 1_024;

    private BindingText() {}

    public static byte[] encode(final Binding binding) {
        final StringBuilder text = new StringBuilder(320);
        final Observation seen = binding.observed();
        if (seen != null) {
            line(text, "state", seen.state().text);
            line(text, "mac", Ethernet.describeMac(seen.mac()));
            line(text, "since", UtcText.of(seen.sinceS()));
            line(text, "seen", UtcText.of(seen.seenS()));
            if (!seen.isLive()) {
                line(text, "ended", UtcText.of(seen.endedS()));
            }
            line(text, "reason", seen.reason());
            line(text, "interface", seen.interfaceName());
            line(text, "stamp", seen.stamp().toString());
        }
        final Pin pin = binding.pinned();
        if (pin != null) {
            line(text, "static", pin.isSet() ? Ethernet.describeMac(pin.mac()) : "removed");
            line(text, "static-by", pin.by());
            line(text, "static-since", UtcText.of(pin.sinceS()));
            line(text, "static-stamp", pin.stamp().toString());
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void line(final StringBuilder text, final String key, final String value) {
        text.append(key).append(' ').append(value).append('\n');
    }

    /** @throws BadRecordException for any bytes that {@link #encode} does not make */
    public static Binding decode(final byte[] bytes) throws BadRecordException {
        if (bytes.length > LONGEST_BYTES) {
            throw new BadRecordException("is longer than " + LONGEST_BYTES + " bytes");
        }
        final FieldReader fields = new FieldReader(bytes);
        final Observation observed = fields.isAt("state") ? observation(fields) : null;
        final Pin pinned = fields.isAt("static") ? pin(fields) : null;
        if (observed == null && pinned == null) {
            throw new BadRecordException("begins with neither state nor static");
        }
        if (!fields.isAtEnd()) {
            throw new BadRecordException("is not in the form that is written here");
        }
        return new Binding(observed, pinned);
    }

    private static Observation observation(final FieldReader fields) throws BadRecordException {
        final State state = switch (fields.words("state")) {
            case "live" -> State.LIVE;
            case "expired" -> State.EXPIRED;
            case "flushed" -> State.FLUSHED;
            default -> throw new BadRecordException("has an unknown state");
        };
        return new Observation(
                state,
                fields.mac("mac"),
                fields.second("since"),
                fields.second("seen"),
                state == State.LIVE ? 0 : fields.second("ended"),
                fields.words("reason"),
                fields.words("interface"),
                fields.stamp("stamp"));
    }

    private static Pin pin(final FieldReader fields) throws BadRecordException {
        return new Pin(
                fields.is("static", "removed") ? 0 : fields.mac("static"),
                fields.words("static-by"),
                fields.second("static-since"),
                fields.stamp("static-stamp"));
    }
}
