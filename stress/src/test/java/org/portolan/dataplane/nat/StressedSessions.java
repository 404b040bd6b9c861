package org.portolan.dataplane.nat;

import java.util.concurrent.atomic.AtomicInteger;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.memory.Slab;

/**
 * A session table whose sessions are numbered: every field of a session follows from its number, so a reader can tell a
 * whole session from a mixture. One actor writes; a session that it replaces is opened again in the same line.
 *
 * <p>All tests of a JVM share it, and each state has a session of its own until {@link #SLOTS} later states exist.
 */
final class StressedSessions {
    static final int SLOTS = 4096;
    private static final long INSIDE = 10L << 24;
    private static final int REMOTE = 0xCB00_0000;
    private static final int OUTSIDE = 0xC633_0000;

    /** Of a flow from inside, and of one from outside: {@link org.portolan.dataplane.wire.Flow} draws them. */
    private static final long UDP = 17L << 32;

    private static final long OUTER = 0x8000L << 40;
    private static final int NUMBER_MASK = 0xFF_FFFF;
    private static final SessionTable TABLE = new SessionTable(
            Slab.allocate((long) SLOTS * SessionLayout.SESSION_BYTES, "stressed sessions"),
            new FlowKey(new NatSecrets.Key(1, 2)));
    private static final SessionReader READER = new SessionReader(TABLE);
    private static final AtomicInteger NEXT = new AtomicInteger();

    /** The writing actor's; a state reads its own slot before its actors start. */
    private static final int[] NUMBERS = new int[SLOTS];

    private static int lastNumber;

    static {
        for (int slot = 0; slot < SLOTS; slot++) {
            NUMBERS[slot] = ++lastNumber;
            open(lastNumber);
        }
    }

    private StressedSessions() {}

    static int take() {
        return NEXT.getAndIncrement() & SLOTS - 1;
    }

    static int number(final int session) {
        return NUMBERS[session];
    }

    static SessionTable table() {
        return TABLE;
    }

    static SessionReader reader() {
        return READER;
    }

    /** The writer: ends the session and opens the next one in its line. */
    static void replace(final int session) {
        TABLE.free(session);
        lastNumber = lastNumber + 1 & NUMBER_MASK;
        NUMBERS[session] = lastNumber;
        if (open(lastNumber) != session) {
            throw new AssertionError("the table opened another line");
        }
    }

    private static int open(final int number) {
        final long addresses = addresses(number);
        final long ports = ports(number);
        final long replyAddresses = replyAddresses(number);
        final long replyPorts = replyPorts(number);
        return TABLE.open(
                addresses,
                ports,
                replyAddresses,
                replyPorts,
                TABLE.hash(addresses, ports),
                TABLE.hash(replyAddresses, replyPorts),
                SessionState.UDP,
                number);
    }

    /** What a writer without a generation would do: the same fields, no odd generation and no release. */
    static void overwritePlainly(final int session) {
        final long line = TABLE.line(session);
        lastNumber = lastNumber + 1 & NUMBER_MASK;
        NUMBERS[session] = lastNumber;
        Memory.putLong(line + SessionLayout.ORIGINAL_ADDRESSES_OFFSET, addresses(lastNumber));
        Memory.putLong(line + SessionLayout.ORIGINAL_PORTS_OFFSET, ports(lastNumber));
        Memory.putLong(line + SessionLayout.REPLY_ADDRESSES_OFFSET, replyAddresses(lastNumber));
        Memory.putLong(line + SessionLayout.REPLY_PORTS_OFFSET, replyPorts(lastNumber));
        Memory.putInt(TABLE.lastSeenAddress(session), LastSeen.word(lastNumber, SessionState.UDP.code));
    }

    private static long addresses(final int number) {
        return INSIDE + number << 32 | REMOTE + (number & 0xFFFF) & 0xFFFF_FFFFL;
    }

    private static long ports(final int number) {
        return UDP | port(number) << 16 | port(number + 1);
    }

    private static long replyAddresses(final int number) {
        return (long) (REMOTE + (number & 0xFFFF)) << 32 | OUTSIDE + (number & 0xFFFF) & 0xFFFF_FFFFL;
    }

    private static long replyPorts(final int number) {
        return OUTER | UDP | port(number + 1) << 16 | port(number + 2);
    }

    private static long port(final int number) {
        return number & 0x7FFF | 0x8000;
    }

    /** The number of the session that the whole row is of, or -1 for a mixture. */
    static int numberOf(final SessionRow row) {
        final int number = row.insideAddress & NUMBER_MASK;
        final int low = number & 0xFFFF;
        final boolean whole = row.insidePort == port(number)
                && row.remoteAddress == REMOTE + low
                && row.remotePort == port(number + 1)
                && row.outsideAddress == OUTSIDE + low
                && row.outsidePort == port(number + 2)
                && row.lastSeen == LastSeen.word(number, SessionState.UDP.code);
        return whole ? number : -1;
    }

    /** What a reader makes of a session: one of the outcomes of the tests that take a snapshot. */
    static String snapshot(final int session, final int numberBefore) {
        final SessionRow row = new SessionRow();
        if (!READER.snapshot(session, row)) {
            return "no session";
        }
        final int number = numberOf(row);
        return number < 0 ? "mixture" : number == numberBefore ? "old session" : "new session";
    }

    /** Of the line alone, plainly: what the worker's own reads see. */
    static int wordInLine(final int session) {
        return SharedWord.peekInt(TABLE.line(session) + SessionLayout.LAST_SEEN_OFFSET);
    }
}
