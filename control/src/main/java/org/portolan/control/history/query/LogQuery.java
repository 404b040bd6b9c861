package org.portolan.control.history.query;

/**
 * Which part of the log is asked for.
 *
 * @param address an int as {@code Memory.u32} reads it, with {@code byAddress}; else 0
 * @param mac 48 bits; 0 for any
 * @param sinceS wall-clock seconds, both included
 * @param withQuiet whether also what is only signs of life and housekeeping
 */
public record LogQuery(
        boolean byAddress, int address, long mac, long sinceS, long untilS, int limit, boolean withQuiet) {
    public static LogQuery everything(final int limit) {
        return new LogQuery(false, 0, 0, 0, Long.MAX_VALUE, limit, false);
    }

    public LogQuery ofAddress(final int asked) {
        return new LogQuery(true, asked, mac, sinceS, untilS, limit, withQuiet);
    }

    public LogQuery ofMac(final long asked) {
        return new LogQuery(byAddress, address, asked, sinceS, untilS, limit, withQuiet);
    }

    public LogQuery between(final long fromS, final long toS) {
        return new LogQuery(byAddress, address, mac, fromS, toS, limit, withQuiet);
    }

    public LogQuery andQuiet() {
        return new LogQuery(byAddress, address, mac, sinceS, untilS, limit, true);
    }
}
