package org.portolan.control.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.portolan.control.arp.ArpRig.HOST;
import static org.portolan.control.arp.ArpRig.HOST_MAC;
import static org.portolan.control.arp.ArpRig.LAN_MAC;
import static org.portolan.control.arp.ArpRig.NOW_MS;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.arp.ArpRig;
import org.portolan.control.view.NeighborEditor.Binding;
import org.portolan.control.view.NeighborEditor.Outcome;

class NeighborCommandsTest {
    /** Control's thread is the test's. */
    private static final ControlThread HERE = new ControlThread() {
        @Override
        public <T> T answer(final Supplier<T> question) {
            return question.get();
        }
    };

    @TempDir
    private Path directory;

    private ArpRig rig;
    private NeighborCommands commands;

    @BeforeEach
    void open() throws IOException {
        rig = new ArpRig(directory, "");
        commands = commands(HERE);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private NeighborCommands commands(final ControlThread control) {
        return new NeighborCommands(rig.config, rig.arps, control, () -> NOW_MS, rig.log);
    }

    private Outcome pin(final int address, final long mac, final String on) throws RefusedException {
        return commands.pin(List.of(new Binding(address, mac)), on, "alice").getFirst();
    }

    private String refusal(final int address, final long mac, final String on) throws RefusedException {
        final Outcome outcome = pin(address, mac, on);
        assertThat(rig.changes).isEmpty();
        return outcome.refusal();
    }

    @Test
    void shouldPinWhereTheSubnetIsAndTellWhoAsked() throws RefusedException {
        assertThat(pin(HOST, HOST_MAC, "")).isEqualTo(new Outcome(new Binding(HOST, HOST_MAC), "lan", false, ""));
        assertThat(pin(HOST, HOST_MAC, "lan").already()).isTrue();
        assertThat(pin(0xCB00_7101, HOST_MAC, "").interfaceName()).isEqualTo("wan");

        assertThat(rig.seen(0, HOST)).isEqualTo("static 02:50:2a:16:6d:14");
        assertThat(rig.changes)
                .containsExactly(
                        "0 static added 192.168.1.20, operator by alice",
                        "1 static added 203.0.113.1, operator by alice");
        assertThat(rig.logged.toString(StandardCharsets.UTF_8)).contains("alice made 1 neighbor static");
    }

    @Test
    void shouldSayWhyABindingCannotBe() throws RefusedException {
        assertThat(refusal(0x0A00_0001, HOST_MAC, ""))
                .isEqualTo("10.0.0.1 is in no interface's subnet; there are: lan 192.168.1.0/24, wan 203.0.113.0/24");
        assertThat(refusal(HOST, HOST_MAC, "wan")).isEqualTo("192.168.1.20 is on lan (192.168.1.0/24), not on wan");
        assertThat(refusal(0xC0A8_01FF, HOST_MAC, ""))
                .isEqualTo("192.168.1.255 is not a host's address in 192.168.1.0/24");
        assertThat(refusal(0xC0A8_0101, HOST_MAC, "")).isEqualTo("192.168.1.1 is this router's own address");
        assertThat(refusal(0xCB00_7109, HOST_MAC, "")).isEqualTo("203.0.113.9 is this router's own address");
        assertThat(refusal(HOST, LAN_MAC, "")).isEqualTo("02:00:00:00:00:01: this MAC is lan's own");
        assertThatThrownBy(() -> pin(HOST, HOST_MAC, "lann"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("no interface is named lann, did you mean lan?; there are: lan, wan");
    }

    @Test
    void shouldTakeTheOthersWhenOneOfManyIsRefused() throws RefusedException {
        final List<Outcome> outcomes = commands.pin(
                List.of(
                        new Binding(HOST, HOST_MAC),
                        new Binding(0x0A00_0001, HOST_MAC),
                        new Binding(HOST + 1, HOST_MAC)),
                "",
                "alice");

        assertThat(outcomes).extracting(Outcome::isRefused).containsExactly(false, true, false);
        assertThat(rig.seen(0, HOST + 1)).startsWith("static");
        assertThat(rig.logged.toString(StandardCharsets.UTF_8)).contains("alice made 2 neighbors static");
    }

    @Test
    void shouldSayThatATableIsFull() throws IOException, RefusedException {
        rig.close();
        // A /8 is hashed whole, and the rig's hash holds 64.
        rig = new ArpRig(directory, """
            [interfaces.big]
            device = "eth2"
            role = "inside"
            address = "10.0.0.1/8"
            """);
        final List<Binding> bindings = new ArrayList<>();
        for (int i = 0; i < 65; i++) {
            bindings.add(new Binding(0x0A00_0002 + i, HOST_MAC));
        }
        final List<Outcome> outcomes = commands(HERE).pin(bindings, "big", "alice");

        assertThat(outcomes.stream().filter(Outcome::isRefused).map(Outcome::refusal))
                .containsExactly("10.0.0.66: the neighbor table of big is full: portolan arp flush --interface big"
                        + " makes room");
    }

    @Test
    void shouldUnpinOnlyWhatIsStatic() throws RefusedException {
        pin(HOST, HOST_MAC, "");
        assertThat(commands.unpin(HOST, "bob")).isEqualTo("lan");
        assertThat(rig.seen(0, HOST)).isEqualTo("none");
        assertThat(rig.changes).endsWith("0 static removed 192.168.1.20, operator by bob");

        assertThatThrownBy(() -> commands.unpin(HOST, "bob"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("192.168.1.20 is not static on lan: portolan arp lists which are");
        assertThatThrownBy(() -> commands.unpin(0x0A00_0001, "bob"))
                .hasMessageStartingWith("10.0.0.1 is in no interface's subnet");
    }

    @Test
    void shouldFlushWhatWasLearnedAndLeaveWhatIsStatic() throws RefusedException {
        rig.arps[0].restore(HOST, HOST_MAC, NOW_MS);
        rig.arps[0].restore(HOST + 1, HOST_MAC, NOW_MS);
        rig.arps[1].restore(0xCB00_7101, HOST_MAC, NOW_MS);
        pin(HOST + 2, HOST_MAC, "");
        rig.changes.clear();

        assertThat(commands.flush(HOST, "carol")).isEqualTo(1);
        assertThat(commands.flush(HOST, "carol")).isZero();
        assertThatThrownBy(() -> commands.flush(HOST + 2, "carol"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("192.168.1.22 is static on lan: portolan arp del 192.168.1.22 removes it");
        assertThat(commands.flushAll("lan", "carol")).isEqualTo(1);
        assertThat(commands.flushAll("", "carol")).isEqualTo(1);
        assertThatThrownBy(() -> commands.flushAll("dmz", "carol"))
                .hasMessage("no interface is named dmz; there are: lan, wan");

        assertThat(rig.changes)
                .containsExactly(
                        "0 flushed 192.168.1.20, operator by carol",
                        "0 flushed 192.168.1.21, operator by carol",
                        "1 flushed 203.0.113.1, operator by carol");
        assertThat(rig.seen(0, HOST + 2)).startsWith("static");
    }

    @Test
    void shouldSayThatControlIsSilent() {
        final NeighborCommands silent = commands(new ControlThread() {
            @Override
            public <T> T answer(final Supplier<T> question) throws RefusedException {
                throw new RefusedException("control does not answer");
            }
        });
        assertThatThrownBy(() -> silent.flushAll("", "alice"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("control does not answer; portolan arp shows whether it was changed");
    }

    @Test
    void shouldTellNobodyAskedForWhatTheWireChangesAfterAnOperator() throws RefusedException {
        pin(HOST, HOST_MAC, "");
        rig.arps[0].restore(HOST + 1, HOST_MAC, NOW_MS);
        rig.arps[0].tick(NOW_MS);

        assertThat(rig.changes).endsWith("0 due 192.168.1.21, remembered by ");
    }
}
