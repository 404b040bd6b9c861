package org.portolan.control.log;

/** Where the log's lines go. */
interface LineSink {
    /** Takes one line, its line feed included. It throws nothing. */
    void put(Log.Level level, String line);

    /** Nothing more is expected: writes what is still waiting, for a bounded time. */
    default void close() {}
}
