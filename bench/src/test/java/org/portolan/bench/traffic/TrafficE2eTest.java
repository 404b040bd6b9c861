package org.portolan.bench.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.portolan.bench.e2e.NeedsRoot;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.lab.PortolanProcess;

/** Generator, a real router, sinks: everything is right, both ways. */
@NeedsRoot
class TrafficE2eTest {
    private static final int PORT = 9000;
    private static final long RATE = 10_000;
    private static final long REST_NS = 100_000;
    private static final int SERVER = AddressBlock.address(Lab.SERVER_ADDRESS);
    private static final int CLIENT = AddressBlock.address(Lab.CLIENT_ADDRESS);
    private static final AddressBlock POOL = AddressBlock.of("203.0.113.2-203.0.113.3");
    private static final Passage OUTBOUND = new Passage(TrafficDirection.OUTBOUND, POOL, SERVER, PORT, 1);
    private static final Passage INBOUND = new Passage(TrafficDirection.INBOUND, POOL, SERVER, PORT, 1);

    /** Behind the last table of the config, where any table may begin. */
    private static final String ROUTE = "[[routes]]\ndestination = \"%s\"\nvia = \"%s\"";

    private static Lab lab;
    private static PortolanProcess router;

    @BeforeAll
    static void start() {
        lab = Lab.builder().build();
        router = PortolanProcess.in(lab)
                .config("nat", "pool = [\"%s\"]".formatted(POOL))
                .config("control", ROUTE.formatted(TrafficFlows.INSIDE_NETWORK, Lab.CLIENT_ADDRESS))
                .build();
        router.start();
        assertThat(lab.client().ping(Lab.SERVER_ADDRESS).received()).isPositive();
    }

    @AfterAll
    static void stop() {
        router.close();
        lab.close();
    }

    private static long mac(final Namespace namespace, final String device) {
        return Long.parseLong(namespace.deviceMac(device).replace(":", ""), 16);
    }

    private static RingGenerator outbound(final TrafficFlows flows, final Checksums checksums, final FrameSize size) {
        final long clientMac = mac(lab.client().namespace(), Host.DEVICE);
        final long routerMac = mac(lab.router(), Lab.LAN);
        return new RingGenerator(
                lab.client(),
                new FrameWriter(clientMac, routerMac, flows, TrafficDirection.OUTBOUND, checksums, size),
                -1);
    }

    private static CheckingSink atServer(final TrafficFlows flows, final Checksums checksums) {
        return new CheckingSink(lab.server().namespace(), Host.DEVICE, OUTBOUND, checksums, flows, -1);
    }

    private static Arrivals run(final Generator generator, final CheckingSink sink, final double seconds) {
        final Load load = Load.at(RATE, seconds).resting(REST_NS);
        sink.begin(load);
        return sink.end(generator.run(load));
    }

    @ParameterizedTest
    @EnumSource(Checksums.class)
    void shouldFindNothingWrongWithTheRouter(final Checksums checksums) {
        final TrafficFlows flows = TrafficFlows.fromInside(1_000, CLIENT, SERVER, PORT);
        try (Generator generator = outbound(flows, checksums, FrameSize.IMIX);
                CheckingSink sink = atServer(flows, checksums)) {
            final Arrivals arrivals = run(generator, sink, 2);
            final long frames = arrivals.sent().frames();
            assertThat(frames).isEqualTo(2 * RATE - arrivals.sent().behind()).isGreaterThan(RATE / 2);
            assertThat(arrivals.right()).as(arrivals.toString()).isTrue();
            assertThat(arrivals.faults().judged()).isEqualTo(frames);
            assertThat(arrivals.latency().all().getTotalCount()).isEqualTo(frames);
            assertThat(arrivals.latency().beforeTheirTime()).isZero();
            assertThat(sink.kernel().delivered()).isEqualTo(frames);
            assertThat(sink.kernel().strangers()).isZero();
            // 78 of 20,000 on the average, with a standard deviation of 9.
            final double sampled = sink.kernel().sampled().judged() / (frames / (double) Probe.SAMPLE);
            assertThat(sampled).isBetween(0.3, 1.9);
            assertThat(sink.kernel().sampled().wrong())
                    .as(sink.kernel().sampled().toString())
                    .isZero();
        }
    }

    @Test
    void shouldFollowEveryFlowOfManyHostsOutAndBack() {
        final TrafficFlows flows = TrafficFlows.fromInside(5_000, CLIENT, SERVER, PORT);
        try (Generator generator = outbound(flows, Checksums.FULL, FrameSize.of("64"));
                CheckingSink sink = atServer(flows, Checksums.FULL)) {
            final Arrivals out = run(generator, sink, 2.5);
            assertThat(out.right()).as(out.toString()).isTrue();
            final TrafficFlows outside = sink.translated();
            assertThat(outside.count()).isEqualTo(flows.count());
            final FrameWriter answers = new FrameWriter(
                    mac(lab.server().namespace(), Host.DEVICE),
                    mac(lab.router(), Lab.WAN),
                    outside,
                    TrafficDirection.INBOUND,
                    Checksums.FULL,
                    FrameSize.of("512"));
            try (Generator server = new RingGenerator(lab.server(), answers, -1);
                    CheckingSink client = new CheckingSink(
                            lab.client().namespace(), Host.DEVICE, INBOUND, Checksums.FULL, flows, -1)) {
                final Arrivals back = run(server, client, 2);
                assertThat(back.right()).as(back.toString()).isTrue();
                assertThat(back.faults().judged())
                        .isEqualTo(back.sent().frames())
                        .isPositive();
                assertThat(client.kernel().delivered()).isEqualTo(back.sent().frames());
            }
        }
    }

    @Test
    void shouldWriteALogThatHistogramToolsRead(@TempDir final Path directory) throws Exception {
        final TrafficFlows flows = TrafficFlows.fromInside(100, CLIENT, SERVER, PORT);
        try (Generator generator = outbound(flows, Checksums.FULL, FrameSize.of("64"));
                CheckingSink sink = atServer(flows, Checksums.FULL)) {
            final Arrivals arrivals = run(generator, sink, 2.5);
            final Path file = directory.resolve("latency.hlog");
            arrivals.latency().writeTo(file);
            long count = 0;
            int intervals = 0;
            try (HistogramLogReader reader = new HistogramLogReader(file.toFile())) {
                while (reader.hasNext()) {
                    final Histogram interval = (Histogram) reader.nextIntervalHistogram();
                    count += interval.getTotalCount();
                    intervals++;
                }
            }
            assertThat(count).isEqualTo(arrivals.sent().frames());
            assertThat(intervals)
                    .isEqualTo(arrivals.latency().intervals().size())
                    .isGreaterThanOrEqualTo(2);
        }
    }
}
