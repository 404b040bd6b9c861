package org.portolan.control.history.record;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

    private static final int MAC_LENGTH = 17;
    private static final int MOST_WORDS = 100;
    private static final Pattern STAMP = Pattern.compile("([1-9][0-9]{0,15}) ([A-Za-z0-9._-]{1,64})");

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
        final Map<String, String> fields = fields(new String(bytes, StandardCharsets.ISO_8859_1));
        final Observation observed = fields.containsKey("state") ? observation(fields) : null;
        final Pin pinned = fields.containsKey("static") ? pin(fields) : null;
        if (observed == null && pinned == null) {
            throw new BadRecordException("says nothing");
        }
        final Binding binding = new Binding(observed, pinned);
        // Catches what was said twice, in another order, in other words or besides: the bytes are compared, not the sense.
        if (!java.util.Arrays.equals(bytes, encode(binding))) {
            throw new BadRecordException("is not in the form that is written here");
        }
        return binding;
    }

    private static Map<String, String> fields(final String text) {
        final Map<String, String> fields = new HashMap<>();
        int end = text.indexOf('\n');
        for (int at = 0; end >= 0; end = text.indexOf('\n', at)) {
            final int space = text.indexOf(' ', at);
            if (space > at && space < end) {
                fields.put(text.substring(at, space), text.substring(space + 1, end));
            }
            at = end + 1;
        }
        return fields;
    }

    private static Observation observation(final Map<String, String> fields) throws BadRecordException {
        final State state = switch (need(fields, "state")) {
            case "live" -> State.LIVE;
            case "expired" -> State.EXPIRED;
            case "flushed" -> State.FLUSHED;
            default -> throw new BadRecordException("has an unknown state");
        };
        return new Observation(
                state,
                mac(need(fields, "mac")),
                second(need(fields, "since")),
                second(need(fields, "seen")),
                state == State.LIVE ? 0 : second(need(fields, "ended")),
                words(need(fields, "reason")),
                words(need(fields, "interface")),
                stamp(need(fields, "stamp")));
    }

    private static Pin pin(final Map<String, String> fields) throws BadRecordException {
        final String mac = need(fields, "static");
        return new Pin(
                mac.equals("removed") ? 0 : mac(mac),
                words(need(fields, "static-by")),
                second(need(fields, "static-since")),
                stamp(need(fields, "static-stamp")));
    }

    private static String need(final Map<String, String> fields, final String key) throws BadRecordException {
        final String value = fields.get(key);
        if (value == null) {
            throw new BadRecordException("has no field " + key);
        }
        return value;
    }

    /** A MAC that a host can have: no zero, no group address. Lower case, which the comparison of bytes sees to. */
    private static long mac(final String text) throws BadRecordException {
        long mac = text.length() == MAC_LENGTH ? 0 : -1;
        for (int at = 0; at < MAC_LENGTH && mac >= 0; at++) {
            final char c = text.charAt(at);
            if (at % 3 == 2) {
                mac = c == ':' ? mac : -1;
            } else {
                final int digit = Character.digit(c, 16);
                mac = digit < 0 ? -1 : mac << 4 | digit;
            }
        }
        if (mac < 0) {
            throw new BadRecordException("has a field that is no MAC");
        }
        if (mac == 0 || (mac >>> 40 & 1) != 0) {
            throw new BadRecordException("has a MAC that no host can have: " + text);
        }
        return mac;
    }

    private static long second(final String text) throws BadRecordException {
        final long second = UtcText.second(text);
        if (second < 0) {
            throw new BadRecordException("has a time out of range");
        }
        return second;
    }

    private static String words(final String text) throws BadRecordException {
        boolean plain = !text.isEmpty() && text.length() <= MOST_WORDS;
        for (int at = 0; at < text.length() && plain; at++) {
            final char c = text.charAt(at);
            plain = c > ' ' && c <= '~' || c == ' ' && at > 0 && at < text.length() - 1;
        }
        if (!plain) {
            throw new BadRecordException("has a field that is empty, too long or not plain text");
        }
        return text;
    }

    private static Stamp stamp(final String text) throws BadRecordException {
        final Matcher stamp = STAMP.matcher(text);
        if (!stamp.matches()) {
            throw new BadRecordException("has a field that is no stamp");
        }
        return new Stamp(Long.parseLong(stamp.group(1)), stamp.group(2));
    }
}
