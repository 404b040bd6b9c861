package org.portolan.dataplane.neighbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.dataplane.neighbor.Wire.HOST;
import static org.portolan.dataplane.neighbor.Wire.HOST_MAC;
import static org.portolan.dataplane.neighbor.Wire.OTHER_MAC;
import static org.portolan.dataplane.neighbor.Wire.OWN;
import static org.portolan.dataplane.neighbor.Wire.OWN_MAC;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.portolan.dataplane.wire.Arp;
import org.portolan.dataplane.wire.Ethernet;

/**
 * A gateway that moves, with two machines behind its address: how long the router sends to the wrong one. HOST is the
 * gateway here.
 */
class NeighborMoveTest {
    private static final long FORGER_MAC = 0x0250_2A16_6DFFL;

    /** Darkness that a move may cost, ms: the question to the old MAC, and a tick of the test's clock. */
    private static final long ABOUT_A_SECOND_MS = 1_100;

    private final Wire wire = new Wire();
    private long alive = HOST_MAC;

    @AfterEach
    void free() {
        wire.close();
    }

    /** The forms in which a machine that takes an address over says so. */
    private enum Form {
        GRATUITOUS_REQUEST {
            @Override
            void claim(final Wire wire, final long mac) {
                wire.hears(mac, Arp.REQUEST, mac, HOST, 0, HOST);
            }
        },
        GRATUITOUS_REPLY {
            @Override
            void claim(final Wire wire, final long mac) {
                wire.hears(mac, Arp.REPLY, mac, HOST, Ethernet.BROADCAST, HOST);
            }
        },
        REPLY_TO_US {
            @Override
            void claim(final Wire wire, final long mac) {
                wire.hears(mac, Arp.REPLY, mac, HOST, OWN_MAC, OWN);
            }
        },
        REQUEST_TO_US {
            @Override
            void claim(final Wire wire, final long mac) {
                wire.hears(mac, Arp.REQUEST, mac, HOST, 0, OWN);
            }
        };

        abstract void claim(Wire wire, long mac);
    }

    /** Lets 100 ms pass; whoever is alive answers what it is asked. */
    private void step() {
        wire.passInUse(100, HOST);
        for (final String frame : wire.takeFrames()) {
            final boolean asked = frame.startsWith("ff:ff:ff:ff:ff:ff") || frame.startsWith(mac(alive));
            if (alive != 0 && asked && frame.contains("who has 192.168.1.20,")) {
                wire.hearsReply(alive, HOST);
            }
        }
    }

    private void steps(final long ms) {
        for (long passed = 0; passed < ms; passed += 100) {
            step();
        }
    }

    private static String mac(final long mac) {
        return Ethernet.describeMac(mac);
    }

    private boolean isTrue() {
        return wire.seen(HOST).endsWith(" " + mac(alive));
    }

    /** The other machine takes over, and says so; how long until frames go to it, ms. */
    private long takeOver(final long mac, final Form form) {
        alive = mac;
        form.claim(wire, mac);
        long darkMs = 0;
        while (!isTrue() && darkMs < 100_000) {
            step();
            darkMs += 100;
        }
        return darkMs;
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a fail-over and back, whatever lies between them, costs about a second each")
    void shouldFollowAGatewayThereAndBack(final Form form) {
        for (final long pauseMs : new long[] {0, 300, 1_000, 2_000, 5_000, 9_900, 11_000}) {
            wire.machine.flush(NeighborReason.OPERATOR);
            alive = HOST_MAC;
            wire.resolveHost();
            steps(20_000);

            assertThat(takeOver(OTHER_MAC, form)).isLessThanOrEqualTo(ABOUT_A_SECOND_MS);
            steps(pauseMs);
            assertThat(takeOver(HOST_MAC, form)).as("back after %d ms", pauseMs).isLessThanOrEqualTo(ABOUT_A_SECOND_MS);
            steps(pauseMs);
            assertThat(takeOver(OTHER_MAC, form)).as("and again").isLessThanOrEqualTo(ABOUT_A_SECOND_MS);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldFollowAGatewayWhoseFailOverAForgeryPreceded(final Form form) {
        for (final long beforeMs : new long[] {0, 100, 500, 1_000, 3_000, 9_000}) {
            wire.machine.flush(NeighborReason.OPERATOR);
            alive = HOST_MAC;
            wire.resolveHost();
            steps(20_000);
            form.claim(wire, FORGER_MAC);
            steps(beforeMs);
            assertThat(isTrue()).isTrue();

            assertThat(takeOver(OTHER_MAC, form))
                    .as("forged %d ms before", beforeMs)
                    .isLessThanOrEqualTo(ABOUT_A_SECOND_MS);
        }
    }

    /** One that claims the gateway's address ten times a second for as long as the test lasts. */
    @ParameterizedTest
    @EnumSource
    void shouldFollowAGatewayThroughAFlappingForger(final Form form) {
        wire.resolveHost();
        long longestMs = 0;
        for (int failOver = 0; failOver < 6; failOver++) {
            for (int tenth = 0; tenth < 137; tenth++) {
                form.claim(wire, FORGER_MAC + tenth % 3);
                step();
                assertThat(isTrue()).isTrue();
            }
            alive = failOver % 2 == 0 ? OTHER_MAC : HOST_MAC;
            long darkMs = 0;
            while (!isTrue() && darkMs < 100_000) {
                form.claim(wire, FORGER_MAC);
                form.claim(wire, alive);
                step();
                darkMs += 100;
            }
            longestMs = Math.max(longestMs, darkMs);
        }
        assertThat(longestMs).as("a look that is due, and the look").isLessThanOrEqualTo(2_100);
        final long seconds = (wire.nowMs - Wire.START_MS) / 1_000;
        assertThat(wire.counted(NeighborCounter.REQUESTS_SENT))
                .as("two a second: the held MAC, now and then everybody")
                .isLessThanOrEqualTo(2 * seconds);
    }

    /** The old machine fell silent long before the new one came up: the address is being asked for, or was given up. */
    @ParameterizedTest
    @EnumSource(names = {"GRATUITOUS_REQUEST", "GRATUITOUS_REPLY", "REPLY_TO_US"})
    void shouldFindAGatewayThatAnnouncesItselfWhileNobodyAnswers(final Form form) {
        for (long silentMs = 0; silentMs < 15_000; silentMs += 700) {
            wire.machine.flush(NeighborReason.OPERATOR);
            wire.resolveHost();
            alive = 0;
            wire.passInUse(60_000 + silentMs, HOST);
            assertThat(takeOver(OTHER_MAC, form))
                    .as("silent for %d ms", silentMs)
                    .isLessThanOrEqualTo(ABOUT_A_SECOND_MS);
        }
    }

    @Test
    void shouldNotAskForAnAbsentHostThatNobodyWantsHoweverOftenItIsAnnounced() {
        wire.query(HOST);
        wire.pass(3_000);
        assertThat(wire.seen(HOST)).isEqualTo("failed");
        wire.takeFrames();
        for (int i = 0; i < 40; i++) {
            Form.GRATUITOUS_REQUEST.claim(wire, FORGER_MAC);
            wire.pass(100);
        }
        assertThat(wire.takeFrames()).isEmpty();
    }

    @Test
    void shouldAskAtABoundedPaceForAnAbsentHostThatIsWantedAndAnnounced() {
        for (int tenth = 0; tenth < 600; tenth++) {
            wire.query(HOST);
            Form.GRATUITOUS_REPLY.claim(wire, FORGER_MAC);
            wire.passInUse(100, HOST);
        }
        assertThat(wire.takeFrames()).hasSizeLessThanOrEqualTo(60 * 4);
        assertThat(wire.machine.size()).isLessThanOrEqualTo(1);
    }

    @Test
    void shouldKeepAStaticGatewayWhateverIsClaimed() {
        wire.machine.addStatic(HOST, HOST_MAC, NeighborReason.CONFIG, wire.nowMs);
        for (final Form form : Form.values()) {
            form.claim(wire, OTHER_MAC);
            wire.passInUse(2_000, HOST);
        }
        assertThat(wire.seen(HOST)).isEqualTo("static 02:50:2a:16:6d:14");
        assertThat(wire.counted(NeighborCounter.REQUESTS_SENT)).isZero();
    }
}
