package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.PortolanProcess;

/**
 * One router of a {@link PeerNetwork}, with the lab that its own wires are in.
 *
 * @param insideAddress on the wire that all share
 */
record PeerRouter(String name, Lab lab, String insideAddress, PortolanProcess process) {
    LiveGit git() {
        return LiveGit.of(process);
    }

    /** A host and this router exchange frames, and with them what the router learns. */
    void meet(final Host host) {
        assertThat(host.ping(insideAddress, "-c", "2").received())
                .as("%s and %s", host, name)
                .isPositive();
    }

    void pin(final String address, final String mac) {
        process.ask("arp-add", "--address=" + address, "--mac=" + mac);
    }

    /** State and MAC of an address as the router uses it now. */
    String neighbor(final String address) {
        return process.askJson("arp").get("neighbors").list().stream()
                .filter(row -> row.get("address").text().equals(address))
                .map(row -> row.get("state").text() + " " + row.get("mac").text())
                .findFirst()
                .orElse("none");
    }

    /** The file of an address in its history; empty when there is none. */
    String binding(final String address) {
        final String path =
                "arp/0/" + PeerNetwork.SEGMENT + "/192.168.1/" + address.substring(address.lastIndexOf('.') + 1);
        return git().lines("ls-tree", "primary", path).isEmpty() ? "" : git().run("show", "primary:" + path);
    }

    /** What its history tells, and its log. */
    String story() {
        return "%s%n%s%n%s"
                .formatted(name, git().run("log", "--all", "--graph", "--decorate", "--oneline"), process.log());
    }

    @Override
    public String toString() {
        return name;
    }
}
