package org.portolan.control.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tomlj.Toml;

/** A reader cannot read past {@link ConfigTable}, nor leave out a part of it. */
final class ConfigTableTest {
    private final Problems problems = new Problems(Path.of("c.toml"));

    private Section arp(final String text) {
        return Section.root(Toml.parse(text), problems).table("arp");
    }

    @Test
    void shouldRefuseAReaderOfAKeyThatIsNotDeclared() {
        final Section arp = arp("[arp]\nprobes = 5\n");
        assertThatThrownBy(() -> arp.integer("probes", 1, 9, 3))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("[arp] reads probes, which ConfigTable does not declare");
    }

    @Test
    void shouldRefuseAReaderOfASectionThatIsNotDeclared() {
        final Section file = Section.root(Toml.parse(""), problems);
        assertThatThrownBy(() -> file.table("firewall")).hasMessage("ConfigTable declares no section firewall");
        assertThatThrownBy(() -> file.tables("rules")).hasMessage("ConfigTable declares no section rules");
    }

    @Test
    void shouldRefuseAReaderThatLeavesADeclaredKeyOut() {
        final Section arp = arp("");
        arp.integer("reachable", 5, 3_600, 60);
        assertThatThrownBy(arp::finish).hasMessage("the reader and ConfigTable differ on [arp] idle: read");
    }

    @Test
    void shouldRefuseAReaderOfAnotherTypeRangeDefaultOrOtherWords() {
        final Section arp = arp("");
        assertThatThrownBy(() -> arp.string("idle")).hasMessageContaining("differ on [arp] idle: string");
        assertThatThrownBy(() -> arp.integer("idle", 5, 86_401, 1_200)).hasMessageContaining("5 to 86401");
        assertThatThrownBy(() -> arp.integer("idle", 5, 86_400, 1_201)).hasMessageContaining("default 1201");
        final Section io = Section.root(Toml.parse(""), problems).table("io");
        assertThatThrownBy(() -> io.choice("idle", "backoff", List.of("busy", "backoff"), List.of()))
                .hasMessageContaining("[busy, backoff]");
        assertThatThrownBy(() -> io.choice("idle", "busy", List.of("busy", "backoff", "park"), List.of()))
                .hasMessageContaining("default busy");
        assertThatThrownBy(() -> io.requiredChoice("idle", List.of("busy", "backoff", "park")))
                .hasMessageContaining("required");
        assertThatThrownBy(() -> io.integers("cpus", 0, 7)).hasMessageContaining("0 to 7");
    }

    @Test
    void shouldDeclareEachKeyOnceInASection() {
        for (final SectionKeys each : ConfigTable.SECTIONS) {
            assertThat(each.keys()).extracting(Key::name).as(each.header()).doesNotHaveDuplicates();
            assertThat(ConfigTable.below(each.path()))
                    .as(each.header())
                    .doesNotContainAnyElementsOf(
                            each.keys().stream().map(Key::name).toList());
        }
        assertThat(ConfigTable.SECTIONS).extracting(SectionKeys::header).doesNotHaveDuplicates();
    }

    @Test
    void shouldSayOfEachPlannedKeyWhatToDoMeanwhile() {
        for (final SectionKeys each : ConfigTable.SECTIONS) {
            each.keys().stream()
                    .filter(Key::isPlanned)
                    .forEach(key -> assertThat(key.instead())
                            .as(each.header() + key.name())
                            .isNotEmpty());
        }
    }

    @Test
    void shouldListTheKeysAndSectionsThatWork() {
        assertThat(new UnknownKey(ConfigTable.at("nat").orElseThrow()).allowed())
                .isEqualTo("exempt, filtering, forward, fragments, inbound_refresh, limits, mapping, max_sessions,"
                        + " no_resources, other_protocols, pairing, pool, port_parity, static, tcp_window, timeouts,"
                        + " unmatched_tcp, unsolicited_syn");
    }

    @Test
    void shouldFindNoSectionThatIsNotThere() {
        assertThat(ConfigTable.at("nat.nat")).isEqualTo(Optional.empty());
    }
}
