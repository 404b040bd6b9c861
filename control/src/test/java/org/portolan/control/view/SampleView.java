package org.portolan.control.view;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.portolan.control.history.query.HistoryQuery;
import org.portolan.control.latency.Percentiles;
import org.portolan.dataplane.counter.DropReason;

/** A router of the tests' own: as many sessions as asked for, and one of everything else. */
public class SampleView implements RouterView {
    public static final int HOST = 0xC0A8_010A;

    public final SampleEditor editor = new SampleEditor();
    public volatile Optional<HistoryQuery> history = Optional.empty();
    public volatile long latencyAgeNs = 400_000_000;
    public volatile long insideFrames;
    public volatile Optional<LatencyRow.Files> latencyLog = Optional.of(new LatencyRow.Files(
            "/var/log/portolan", "/var/log/portolan/edge-1-000001-20261123T130211Z.hlog", 55, 0, ""));
    private final int sessions;
    /** Counts down when a scan has ended, by itself or because the asker is gone. */
    public final CountDownLatch scanEnded = new CountDownLatch(1);

    public SampleView(final int sessions) {
        this.sessions = sessions;
    }

    public static LiveSession session(final int i) {
        final int protocol = i % 3 == 0 ? 6 : i % 3 == 1 ? 17 : 1;
        return new LiveSession(
                protocol,
                i % 2 == 0 ? "established" : "opening",
                i % 4 == 3 ? "outside" : "inside",
                i % 5 == 4,
                HOST + i % 200,
                1_024 + i % 60_000,
                0xCB00_7102,
                2_048 + i % 60_000,
                0xC633_6401,
                443,
                1_000L * i,
                7L * i,
                i % 300,
                300 - i % 300);
    }

    @Override
    public void sessions(final SessionFilter filter, final SessionVisitor visitor) throws RefusedException {
        try {
            for (int i = 0; i < sessions; i++) {
                if (!visitor.onSession(session(i))) {
                    return;
                }
            }
        } finally {
            scanEnded.countDown();
        }
    }

    @Override
    public List<String> sessionStates() {
        return List.of("opening", "established", "closing");
    }

    @Override
    public StatsRow stats() {
        final long[] drops = new long[DropReason.COUNT];
        drops[DropReason.NO_MAPPING.code] = 1_234;
        drops[DropReason.TTL_EXPIRED.code] = 5;
        return new StatsRow(
                "edge-1",
                3_725,
                List.of(
                        new StatsRow.Count("received", "received", 12_345_678),
                        new StatsRow.Count("sent", "sent", 12_344_439),
                        new StatsRow.Count("held", "held, waiting for ARP", 0)),
                drops,
                List.of(new StatsRow.Count("sessions", "sessions", sessions)),
                List.of(
                        new StatsRow.Outside(
                                0xCB00_7103,
                                new StatsRow.Ports(0, 0, 65_535),
                                new StatsRow.Ports(0, 0, 65_535),
                                new StatsRow.Ports(0, 0, 65_536)),
                        new StatsRow.Outside(
                                0xCB00_7102,
                                new StatsRow.Ports(52_429, 40, 65_535),
                                new StatsRow.Ports(1_200, 2, 65_535),
                                new StatsRow.Ports(3, 0, 65_536))),
                List.of(new StatsRow.Count("lan_ring_drops", "lan: receive ring was full", 0)),
                List.of(new StatsRow.Latency(
                        "outbound", "outbound", new Percentiles(99, 1_000, 2_000, 3_000, 4_000, 50_000))),
                List.of(arp("lan", 12), arp("wan", 0)));
    }

    @Override
    public LatencyRow latency() {
        final Percentiles none = new Percentiles(0, 0, 0, 0, 0, 0);
        return new LatencyRow(
                "edge-1",
                3_725,
                List.of(new LatencyRow.Worker(
                        0,
                        1_000_000_000,
                        latencyAgeNs,
                        3,
                        12_400_000,
                        List.of(
                                way(
                                        "outbound",
                                        new Percentiles(1_234, 9_000, 12_000, 20_500, 90_000, 120_000),
                                        new Percentiles(123_456, 9_000, 12_000, 20_500, 90_000, 1_500_000)),
                                way("inbound", none, new Percentiles(10, 7_000, 7_000, 7_000, 7_000, 7_000)),
                                way(
                                        "inside",
                                        none,
                                        new Percentiles(insideFrames, 7_000, 7_000, 7_000, 7_000, 7_000))))),
                new LatencyRow.Stretches(
                        new Percentiles(100, 60_000, 100_000, 200_000, 900_000, 950_000),
                        new Percentiles(9_900, 60_000, 100_000, 200_000, 12_000_000, 12_345_678)),
                latencyLog);
    }

    private static LatencyRow.Way way(final String name, final Percentiles last, final Percentiles total) {
        return new LatencyRow.Way(name, new LatencyRow.Stretches(last, total));
    }

    private static StatsRow.Arp arp(final String name, final long sent) {
        return new StatsRow.Arp(
                name,
                List.of(
                        new StatsRow.Count("requests_sent", "requests sent, probes included", sent),
                        new StatsRow.Count("failed", "lookups that stayed unanswered", 0)));
    }

    @Override
    public List<InterfaceRow> interfaces() {
        return List.of(
                new InterfaceRow(
                        "lan",
                        "eth1",
                        "inside",
                        0xC0A8_0101,
                        24,
                        0x0200_0000_0001L,
                        1500,
                        true,
                        "af_packet",
                        "",
                        "",
                        1_234,
                        5,
                        10,
                        640,
                        1_234_567,
                        8_000_000_000L,
                        3,
                        4,
                        ""),
                new InterfaceRow(
                        "wan",
                        "eth0",
                        "outside",
                        0xCB00_7102,
                        24,
                        0,
                        9000,
                        false,
                        "af_packet",
                        "endpoint-independent",
                        "address-dependent",
                        -1,
                        -1,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        "interfaces.wan.device: eth0 carries the kernel's address 203.0.113.9/24"));
    }

    @Override
    public Optional<HistoryQuery> history() {
        return history;
    }

    @Override
    public NeighborEditor neighbors() {
        return editor;
    }

    @Override
    public List<ArpRow> arp() throws RefusedException {
        return List.of(
                new ArpRow("lan", HOST, 0x0200_0000_000AL, "reachable", 12, 3, 0),
                new ArpRow("lan", HOST + 1, 0x0200_0000_000BL, "static", -1, -1, 0),
                new ArpRow("wan", 0xCB00_7101, 0, "incomplete", -1, -1, 0));
    }
}
