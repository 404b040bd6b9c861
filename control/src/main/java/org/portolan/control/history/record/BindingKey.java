package org.portolan.control.history.record;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.portolan.dataplane.wire.Ipv4;

/**
 * Which binding: its place in the tree is {@code arp/<realm>/<segment>/<a.b.c>/<d>}.
 *
 * @param segment the wire's name, the same on every router that shares it
 * @param address an int as {@code Memory.u32} reads it
 */
public record BindingKey(int realm, String segment, int address) implements Comparable<BindingKey> {
    /** The directory that all bindings are under. */
    public static final String ROOT = "arp";

    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,97}");
    private static final Pattern PATH =
            Pattern.compile(ROOT + "/(\\d{1,5})/([^/]+)/((?:\\d{1,3}\\.){2}\\d{1,3})/(\\d{1,3})");

    /** Name of the directory of 256 neighbors, such as {@code 192.168.1}. */
    public String block() {
        return (address >>> 24) + "." + (address >>> 16 & 0xFF) + "." + (address >>> 8 & 0xFF);
    }

    /** Name of the file, such as {@code 20}. */
    public String host() {
        return Integer.toString(address & 0xFF);
    }

    public String path() {
        return segmentDirectory() + "/" + block() + "/" + host();
    }

    /** The directory of its segment, such as {@code arp/0/office}. */
    public String segmentDirectory() {
        return ROOT + "/" + realm + "/" + segment;
    }

    /** Whether a path has the form of {@link #segmentDirectory}. */
    public static boolean isSegmentDirectory(final String path) {
        return path.startsWith(ROOT + "/")
                && path.chars().filter(each -> each == '/').count() == 2;
    }

    /** Whether a segment of that name can be in a history. */
    public static boolean isSegment(final String name) {
        return SEGMENT.matcher(name).matches();
    }

    /** The key of a path, if it is exactly the one that {@link #path} makes of some key. */
    public static Optional<BindingKey> of(final String path) {
        final Matcher parts = PATH.matcher(path);
        if (!parts.matches() || !isSegment(parts.group(2))) {
            return Optional.empty();
        }
        int address = 0;
        for (final String octet : (parts.group(3) + "." + parts.group(4)).split("\\.")) {
            final int value = Integer.parseInt(octet);
            if (value > 255) {
                return Optional.empty();
            }
            address = address << 8 | value;
        }
        final int realm = Integer.parseInt(parts.group(1));
        final BindingKey key = new BindingKey(realm, parts.group(2), address);
        return realm <= 0xFFFF && key.path().equals(path) ? Optional.of(key) : Optional.empty();
    }

    @Override
    public int compareTo(final BindingKey other) {
        int order = Integer.compare(realm, other.realm);
        if (order == 0) {
            order = segment.compareTo(other.segment);
        }
        return order == 0 ? Integer.compareUnsigned(address, other.address) : order;
    }

    @Override
    public String toString() {
        return segment + " " + Ipv4.describeAddress(address);
    }
}
