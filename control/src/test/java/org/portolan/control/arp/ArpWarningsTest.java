package org.portolan.control.arp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.portolan.control.arp.ArpRig.HOST;
import static org.portolan.control.arp.ArpRig.HOST_MAC;
import static org.portolan.control.arp.ArpRig.LAN_MAC;
import static org.portolan.control.arp.ArpRig.NOW_MS;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.neighbor.ArpFrames;
import org.portolan.dataplane.wire.Arp;
import org.portolan.dataplane.wire.Ethernet;

/** What the log says at its usual level when something is wrong among the neighbors. */
class ArpWarningsTest {
    private static final int OWN = 0xC0A8_0101;
    private static final int ASKER = 0xC0A8_0166;
    private static final long OTHER_MAC = 0x0250_2A16_6D99L;

    @TempDir
    private Path directory;

    private long nowMs = NOW_MS;

    private void hears(final ArpRig rig, final int operation, final long mac, final int sender, final int target) {
        try (Slab slab = Slab.allocate(ArpFrames.FRAME_BYTES, "test")) {
            Ethernet.putHeader(slab.address(), LAN_MAC, mac, Ethernet.TYPE_ARP);
            Arp.put(slab.address() + Ethernet.HEADER_BYTES, operation, mac, sender, LAN_MAC, target);
            rig.arps[0].input(slab.address(), ArpFrames.FRAME_BYTES, nowMs);
        }
    }

    /** One claim, and the answers of those who are there to what is asked then. */
    private void claim(final ArpRig rig, final List<Long> answering) {
        hears(rig, Arp.REQUEST, OTHER_MAC, HOST, HOST);
        for (final long mac : answering) {
            hears(rig, Arp.REPLY, mac, HOST, OWN);
        }
        for (int i = 0; i < 10; i++) {
            nowMs += 100;
            rig.arps[0].tick(nowMs);
        }
    }

    private static List<String> lines(final ArpRig rig) {
        return rig.logged.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static void resolve(final ArpRig rig, final ArpWarningsTest test) {
        rig.arps[0].query(HOST, ASKER, test.nowMs);
        test.hears(rig, Arp.REPLY, HOST_MAC, HOST, OWN);
    }

    @Test
    void shouldNameBothMacsOfADisputeAndWhatCameOfIt() throws IOException {
        try (ArpRig rig = new ArpRig(directory, "")) {
            resolve(rig, this);
            claim(rig, List.of(HOST_MAC));

            assertThat(lines(rig))
                    .containsExactly("<4>lan: 02:50:2a:16:6d:99 claims 192.168.1.20, but 02:50:2a:16:6d:14 still"
                            + " answers for it and keeps it. Two hosts use one address, or someone forges ARP");
            for (int i = 0; i < 50; i++) {
                claim(rig, List.of(HOST_MAC));
            }
            assertThat(lines(rig)).as("said once a minute").hasSize(1);
        }
    }

    @Test
    void shouldSayWhoGetsAContestedAddressAndHowToDecideIt() throws IOException {
        for (final String winner : List.of("held", "newest")) {
            try (ArpRig rig = new ArpRig(directory, "[arp]\ncontested = \"" + winner + "\"\n")) {
                resolve(rig, this);
                claim(rig, List.of(OTHER_MAC, HOST_MAC));
                claim(rig, List.of(OTHER_MAC, HOST_MAC));

                final String gets = winner.equals("held") ? "02:50:2a:16:6d:14" : "02:50:2a:16:6d:99";
                assertThat(lines(rig))
                        .hasSize(2)
                        .last()
                        .asString()
                        .contains("both answer for 192.168.1.20; " + gets + " gets its packets (arp.contested = \""
                                + winner + "\")")
                        .endsWith("or decide it: portolan arp add 192.168.1.20 MAC");
                assertThat(rig.seen(0, HOST)).endsWith(gets);
                final Optional<Long> contested = contested(rig);
                assertThat(contested).hasValue(winner.equals("held") ? OTHER_MAC : HOST_MAC);
            }
        }
    }

    private Optional<Long> contested(final ArpRig rig) {
        final long[] other = new long[1];
        rig.arps[0].snapshot(nowMs, (address, mac, state, ageMs, lastUsedS, by) -> other[0] = by);
        return other[0] == 0 ? Optional.empty() : Optional.of(other[0]);
    }

    @Test
    void shouldNameTheHostThatSweepsTheSubnet() throws IOException {
        try (ArpRig rig = new ArpRig(
                directory,
                "[interfaces.wide]\ndevice = \"eth2\"\nrole = \"inside\"\naddress =" + " \"10.9.0.1/16\"\n")) {
            for (int host = 2; host < 2_000; host++) {
                rig.arps[2].query(0x0A09_0000 + host, ASKER, nowMs);
            }
            assertThat(lines(rig))
                    .containsExactly("<4>wide: 192.168.1.102 has used its share of the 1,024 open ARP lookups, so"
                            + " 10.9.2.3 is not looked up. Is that host scanning the subnet?");
        }
    }
}
