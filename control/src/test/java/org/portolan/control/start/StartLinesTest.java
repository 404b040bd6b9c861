package org.portolan.control.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.arp.ArpRig;

final class StartLinesTest {
    @TempDir
    private Path directory;

    private String said(final String more) throws IOException {
        try (ArpRig rig = new ArpRig(directory, more)) {
            StartLines.log(rig.config, rig.log);
            return rig.logged.toString(StandardCharsets.UTF_8);
        }
    }

    @Test
    void shouldNameTheWiresThePoolAndThePlaces() throws IOException {
        assertThat(said("""
                [router]
                name = "edge-1"
                [io]
                idle = "busy"
                cpus = [3]
                [history]
                path = "/var/lib/portolan/state.git"
                [[nat.forward]]
                protocol = "tcp"
                external = "203.0.113.8:80"
                internal = "192.168.1.20:80"
                """)).isEqualTo("""
                <6>router edge-1 forwards: lan (inside, device eth1, 192.168.1.1/24), wan (outside, device eth0, 203.0.113.2/24)
                <6>NAT to 203.0.113.8-203.0.113.15 (8 addresses), 1 port forward, up to 1,048,576 sessions
                <6>idle busy on CPU 3; history /var/lib/portolan/state.git; socket /run/portolan/control.sock
                """);
    }

    @Test
    void shouldSayThatNoHistoryIsKept() throws IOException {
        assertThat(said("")).contains("0 port forwards", "idle backoff; history off; socket ");
    }
}
