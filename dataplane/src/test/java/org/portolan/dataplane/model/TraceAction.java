package org.portolan.dataplane.model;

import java.util.ArrayList;
import java.util.List;

/**
 * One step of a trace, as numbers and as one line of text. "Near" is the inside end, "far" the remote one. Fields that
 * are 0 are left out of the text.
 *
 * @param port by which the frames arrive, or which is changed
 * @param flags TCP flags, an ICMP type, type above code of an ICMP error, a state, or the number of a policy
 * @param acknowledgment of a TCP segment; of an ICMP error the address that it comes from, 0 for the flow's own end
 * @param length payload bytes, ms of a jump, or an MTU
 * @param count frames at once, each with the next port
 */
record TraceAction(
        Verb verb,
        int port,
        int protocol,
        int near,
        int nearPort,
        int far,
        int farPort,
        int flags,
        int sequence,
        int acknowledgment,
        int length,
        int ttl,
        TraceMangle mangle,
        int count) {
    enum Verb {
        /** From near to far, by an inside port. */
        OUT,
        /** From near to far; of several frames each goes to the next port of far. */
        FAN,
        /** From far to the outside endpoint that near has by this port, whatever it is. */
        IN,
        /** From far, which is inside too, to the outside endpoint that near has by wan: the answer to a hairpin. */
        BACK,
        /** From far to near as it stands here, by an outside port: to a forward, to the router, to nobody. */
        TO,
        /** An ICMP error from outside about a packet from near to far. */
        ERROR_IN,
        /** An ICMP error from inside about a packet from far to near. */
        ERROR_OUT,
        TIME,
        /** 0 makes a neighbor unknown, 1 one that does not answer, 2 a known one. */
        NEIGHBOR,
        /** 0 is down, 1 is up. */
        LINK,
        POLICY
    }

    static TraceAction time(final int ms) {
        return new TraceAction(Verb.TIME, 0, 0, 0, 0, 0, 0, 0, 0, 0, ms, 0, TraceMangle.NONE, 0);
    }

    static TraceAction neighbor(final int port, final int address, final int state) {
        return new TraceAction(Verb.NEIGHBOR, port, 0, address, 0, 0, 0, state, 0, 0, 0, 0, TraceMangle.NONE, 0);
    }

    static TraceAction link(final int port, final boolean up, final int mtu) {
        return new TraceAction(Verb.LINK, port, 0, 0, 0, 0, 0, up ? 1 : 0, 0, 0, mtu, 0, TraceMangle.NONE, 0);
    }

    static TraceAction policy(final int number) {
        return new TraceAction(Verb.POLICY, 0, 0, 0, 0, 0, 0, number, 0, 0, 0, 0, TraceMangle.NONE, 0);
    }

    TraceAction withMangle(final TraceMangle other) {
        return new TraceAction(
                verb,
                port,
                protocol,
                near,
                nearPort,
                far,
                farPort,
                flags,
                sequence,
                acknowledgment,
                length,
                ttl,
                other,
                count);
    }

    TraceAction withTtl(final int other) {
        return new TraceAction(
                verb,
                port,
                protocol,
                near,
                nearPort,
                far,
                farPort,
                flags,
                sequence,
                acknowledgment,
                length,
                other,
                mangle,
                count);
    }

    TraceAction withLength(final int other) {
        return new TraceAction(
                verb,
                port,
                protocol,
                near,
                nearPort,
                far,
                farPort,
                flags,
                sequence,
                acknowledgment,
                other,
                ttl,
                mangle,
                count);
    }

    TraceAction withCount(final int other) {
        return new TraceAction(
                verb,
                port,
                protocol,
                near,
                nearPort,
                far,
                farPort,
                flags,
                sequence,
                acknowledgment,
                length,
                ttl,
                mangle,
                other);
    }

    // ---- text

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder(verb.name());
        add(text, "port", port);
        if (protocol != 0) {
            text.append(" protocol=").append(SpecProtocol.name(protocol));
        }
        addAddress(text, "near", near);
        add(text, "nearPort", nearPort);
        addAddress(text, "far", far);
        add(text, "farPort", farPort);
        add(text, "flags", flags);
        add(text, "seq", sequence);
        if (verb == Verb.ERROR_IN || verb == Verb.ERROR_OUT) {
            addAddress(text, "from", acknowledgment);
        } else {
            add(text, "ack", acknowledgment);
        }
        add(text, "length", length);
        add(text, "ttl", ttl);
        if (mangle != TraceMangle.NONE) {
            text.append(" mangle=").append(mangle);
        }
        add(text, "count", count);
        return text.toString();
    }

    private static void add(final StringBuilder text, final String name, final int value) {
        if (value != 0) {
            text.append(' ').append(name).append('=').append(value);
        }
    }

    private static void addAddress(final StringBuilder text, final String name, final int address) {
        if (address != 0) {
            text.append(' ').append(name).append('=').append(SpecProtocol.address(address));
        }
    }

    /** Reads what {@link #toString} wrote. */
    static TraceAction parse(final String line) {
        final String[] words = line.trim().split("\\s+");
        final int[] number = new int[13];
        TraceMangle mangle = TraceMangle.NONE;
        for (int i = 1; i < words.length; i++) {
            final String[] pair = words[i].split("=", 2);
            switch (pair[0]) {
                case "port" -> number[0] = Integer.parseInt(pair[1]);
                case "protocol" -> number[1] = SpecProtocol.ofName(pair[1]);
                case "near" -> number[2] = SpecProtocol.ofAddress(pair[1]);
                case "nearPort" -> number[3] = Integer.parseInt(pair[1]);
                case "far" -> number[4] = SpecProtocol.ofAddress(pair[1]);
                case "farPort" -> number[5] = Integer.parseInt(pair[1]);
                case "flags" -> number[6] = Integer.parseInt(pair[1]);
                case "seq" -> number[7] = Integer.parseInt(pair[1]);
                case "ack" -> number[8] = Integer.parseInt(pair[1]);
                case "from" -> number[8] = SpecProtocol.ofAddress(pair[1]);
                case "length" -> number[9] = Integer.parseInt(pair[1]);
                case "ttl" -> number[10] = Integer.parseInt(pair[1]);
                case "mangle" -> mangle = TraceMangle.valueOf(pair[1]);
                case "count" -> number[11] = Integer.parseInt(pair[1]);
                default -> throw new IllegalArgumentException("unknown word in a trace: " + words[i]);
            }
        }
        return new TraceAction(
                Verb.valueOf(words[0]),
                number[0],
                number[1],
                number[2],
                number[3],
                number[4],
                number[5],
                number[6],
                number[7],
                number[8],
                number[9],
                number[10],
                mangle,
                number[11]);
    }

    /** The actions of a text, one a line; empty lines and those with a # are left out. */
    static List<TraceAction> parseAll(final List<String> lines) {
        final List<TraceAction> actions = new ArrayList<>();
        for (final String line : lines) {
            if (!line.isBlank() && !line.startsWith("#")) {
                actions.add(parse(line));
            }
        }
        return actions;
    }
}
