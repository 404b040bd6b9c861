package org.portolan.control.history.record;

import java.nio.charset.StandardCharsets;
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
        final Lines lines = new Lines(new String(bytes, StandardCharsets.ISO_8859_1));
        final Observation observed = lines.isAt("state") ? observation(lines) : null;
        final Pin pinned = lines.isAt("static") ? pin(lines) : null;
        if (observed == null && pinned == null) {
            throw new BadRecordException("begins with neither state nor static");
        }
        if (!lines.isAtEnd()) {
            throw new BadRecordException("is not in the form that is written here");
        }
        return new Binding(observed, pinned);
    }

    /** The lines in their order: what is missing, twice or in another place is found where it should not be. */
    private static final class Lines {
        private final String text;
        private int at;

        private Lines(final String text) {
            this.text = text;
        }

        private boolean isAt(final String key) {
            final int end = at + key.length();
            return text.startsWith(key, at) && end < text.length() && text.charAt(end) == ' ';
        }

        private boolean isAtEnd() {
            return at == text.length();
        }

        private String take(final String key) throws BadRecordException {
            final int end = text.indexOf('\n', at);
            if (!isAt(key) || end < 0) {
                throw new BadRecordException("has no field " + key);
            }
            final String value = text.substring(at + key.length() + 1, end);
            at = end + 1;
            return value;
        }
    }

    private static Observation observation(final Lines lines) throws BadRecordException {
        final State state = switch (lines.take("state")) {
            case "live" -> State.LIVE;
            case "expired" -> State.EXPIRED;
            case "flushed" -> State.FLUSHED;
            default -> throw new BadRecordException("has an unknown state");
        };
        return new Observation(
                state,
                mac(lines.take("mac")),
                second(lines.take("since")),
                second(lines.take("seen")),
                state == State.LIVE ? 0 : second(lines.take("ended")),
                words(lines.take("reason")),
                words(lines.take("interface")),
                stamp(lines.take("stamp")));
    }

    private static Pin pin(final Lines lines) throws BadRecordException {
        final String mac = lines.take("static");
        return new Pin(
                mac.equals("removed") ? 0 : mac(mac),
                words(lines.take("static-by")),
                second(lines.take("static-since")),
                stamp(lines.take("static-stamp")));
    }

    /** A MAC that a host can have: no zero, no group address. Digits in lower case only. */
    private static long mac(final String text) throws BadRecordException {
        long mac = text.length() == MAC_LENGTH ? 0 : -1;
        for (int at = 0; at < MAC_LENGTH && mac >= 0; at++) {
            final char c = text.charAt(at);
            if (at % 3 == 2) {
                mac = c == ':' ? mac : -1;
            } else {
                final int digit = c > 'f' || c >= 'A' && c <= 'F' ? -1 : Character.digit(c, 16);
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
