package org.portolan.control.expiry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.portolan.control.log.Log;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.wire.Ipv4;

class RefusalLogTest {
    private static final int HOST = 0xC0A8_0132;
    private static final int REMOTE = 0xC633_6407;
    private static final int EXTERNAL = 0xCB00_7102;

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final Log log = new Log(
            new PrintStream(logged, true, StandardCharsets.UTF_8), Log.Style.JOURNAL, Log.Level.INFO, () -> 0, () -> 0);
    private final RefusalLog refusals = new RefusalLog(List.of("lan", "wan"), log);

    private List<String> lines() {
        return logged.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void shouldNameTheInsideHost() {
        refusals.inside(DropReason.PORTS_EXHAUSTED, 0, HOST);
        assertThat(lines())
                .containsExactly("<4>new sessions are refused: every outside port of the pool is in use or resting"
                        + " (192.168.1.50 on lan)");
        assertThat(refusals.lastInside()).isEqualTo("192.168.1.50");
    }

    @Test
    void shouldNameTheForwardAndTheRemote() {
        refusals.remote(DropReason.FORWARD_SESSIONS_FULL, REMOTE, Ipv4.TCP, EXTERNAL, 8080);
        refusals.remote(DropReason.REMOTE_SESSIONS_FULL, REMOTE, Ipv4.UDP, EXTERNAL, 53);
        assertThat(lines())
                .containsExactly(
                        "<4>new sessions from outside are refused: port forward or open mapping has reached its share of"
                                + " the session table (198.51.100.7 to the forward of tcp 203.0.113.2:8080)",
                        "<4>new sessions from outside are refused: remote host has reached its share of the session"
                                + " table (198.51.100.7 to the forward of udp 203.0.113.2:53)");
        assertThat(refusals.lastRemote()).isEqualTo("198.51.100.7");
    }

    @Test
    void shouldNotLetAFloodFromOutsideHideAnInsideHost() {
        for (int i = 0; i < 100_000; i++) {
            refusals.remote(DropReason.FORWARD_SESSIONS_FULL, REMOTE + i, Ipv4.TCP, EXTERNAL, 8080);
        }
        refusals.inside(DropReason.PORTS_EXHAUSTED, 0, HOST);
        assertThat(lines()).hasSizeLessThan(20).last().asString().contains("192.168.1.50");
    }

    /** The log takes a message's format for its kind, and a per cent sign in a reason would be a hole in it. */
    @Test
    void shouldHaveReasonsThatAreNoFormats() {
        assertThat(DropReason.values())
                .allSatisfy(reason -> assertThat(reason.text).doesNotContain("%"));
    }
}
