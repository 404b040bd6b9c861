package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.portolan.bench.bpf.BpfGenerator;
import org.portolan.bench.bpf.NeedsLiveFrames;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.PortolanProcess;
import org.portolan.bench.lab.RawFrame;
import org.portolan.bench.lab.RawSocket;
import org.portolan.bench.traffic.AddressBlock;
import org.portolan.bench.traffic.Checksums;
import org.portolan.bench.traffic.FrameSize;
import org.portolan.bench.traffic.FrameWriter;
import org.portolan.bench.traffic.KernelSink;
import org.portolan.bench.traffic.Load;
import org.portolan.bench.traffic.Passage;
import org.portolan.bench.traffic.Sent;
import org.portolan.bench.traffic.TrafficDirection;
import org.portolan.bench.traffic.TrafficFlows;

/** What the XDP program sends arrives: whole, counted, each flow, and through the router too. */
@NeedsRoot
@NeedsLiveFrames
class BpfGeneratorE2eTest {
    private static final int PORT = 9000;
    private static final int FLOWS = 1000;
    private static final int LAPS = 3;
    private static final int SERVER = AddressBlock.address(Lab.SERVER_ADDRESS);

    private Lab lab;

    @BeforeEach
    void build() {
        lab = Lab.builder().build();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private BpfGenerator generator(final int flows) {
        final FrameWriter writer = new FrameWriter(
                mac(lab.client().mac()),
                mac(lab.router().deviceMac(Lab.LAN)),
                TrafficFlows.fromInside(flows, AddressBlock.address(Lab.CLIENT_ADDRESS), SERVER, PORT),
                TrafficDirection.OUTBOUND,
                Checksums.FULL,
                FrameSize.of("64"));
        return new BpfGenerator(lab.client(), lab.router(), Lab.LAN, writer, -1);
    }

    private static long mac(final String text) {
        return Long.parseLong(text.replace(":", ""), 16);
    }

    private static Load laps() {
        return Load.at(30_000, (double) LAPS * FLOWS / 30_000);
    }

    /** Takes all that waits in the socket and checks that nothing is missing, twice or wrong. */
    private static void assertEveryFrameCame(final RawSocket socket, final int ttl, final String source) {
        final BitSet sequences = new BitSet();
        final Set<Integer> ports = new HashSet<>();
        for (Optional<RawFrame> next = receive(socket); next.isPresent(); next = receive(socket)) {
            final RawFrame frame = next.get();
            assertThat(frame.headerChecksumIsRight())
                    .as("IPv4 checksum of %s", frame)
                    .isTrue();
            assertThat(frame.transportChecksumIsRight())
                    .as("UDP checksum of %s", frame)
                    .isTrue();
            assertThat(frame.ttl()).isEqualTo(ttl);
            assertThat(frame.source()).isEqualTo(source);
            ports.add(frame.sourcePort());
            final int sequence = ByteBuffer.wrap(frame.udpPayload()).getInt(8);
            assertThat(sequences.get(sequence))
                    .as("frame %d came before", sequence)
                    .isFalse();
            sequences.set(sequence);
            assertThat(ByteBuffer.wrap(frame.udpPayload()).getInt(12) & 0xFF_FFFF)
                    .isEqualTo(sequence % FLOWS);
        }
        assertThat(sequences.cardinality()).isEqualTo(LAPS * FLOWS);
        assertThat(sequences.length()).isEqualTo(LAPS * FLOWS);
        assertThat(ports).hasSize(FLOWS);
    }

    private static Optional<RawFrame> receive(final RawSocket socket) {
        return socket.await(frame -> frame.carries(RawFrame.UDP_PROTOCOL) && frame.destinationPort() == PORT, 300);
    }

    @Test
    void shouldSendEveryFlowEachLapWithRightChecksums() {
        try (BpfGenerator generator = generator(FLOWS);
                RawSocket socket = RawSocket.open(lab.router(), Lab.LAN)) {
            final Sent sent = generator.run(laps());
            assertThat(sent.frames()).isEqualTo(LAPS * FLOWS);
            assertThat(sent.behind()).isZero();
            assertThat(sent.dropped()).isZero();
            assertEveryFrameCame(socket, FrameWriter.TTL, Lab.CLIENT_ADDRESS);
        }
    }

    @Test
    void shouldReachTheServerThroughTheRouter() {
        try (PortolanProcess router = PortolanProcess.in(lab).build()) {
            router.start();
            assertThat(lab.client().ping(Lab.SERVER_ADDRESS, "-c", "1").received())
                    .isEqualTo(1);
            try (BpfGenerator generator = generator(FLOWS);
                    RawSocket socket = RawSocket.open(lab.server().namespace(), Host.DEVICE)) {
                assertThat(generator.run(laps()).frames()).isEqualTo(LAPS * FLOWS);
                assertEveryFrameCame(socket, FrameWriter.TTL - 1, Lab.OUTSIDE_ADDRESS);
            }
            RouterChecks.assertEveryFrameIsAccountedFor(router);
        }
    }

    @Test
    void shouldLoseNothingFlatOut() {
        final int flows = 64_512;
        final Passage passage =
                new Passage(TrafficDirection.OUTBOUND, AddressBlock.of("10.0.0.1-10.0.4.0"), SERVER, PORT, 0);
        try (BpfGenerator generator = generator(flows);
                KernelSink sink = new KernelSink(lab.router(), Lab.LAN, passage, Checksums.FULL)) {
            for (int run = 1; run < 4; run++) {
                final long before = sink.delivered();
                final Sent sent = generator.run(Load.flatOut(0.2));
                assertThat(sent.frames()).isGreaterThan(1000);
                assertThat(sink.delivered() - before).isEqualTo(sent.frames() - sent.dropped());
                assertThat(sink.strangers()).isZero();
            }
        }
    }

    @Test
    void shouldPutTheReceivingEndBack() {
        assertThat(receiveOffload()).isEqualTo("off");
        try (BpfGenerator generator = generator(1)) {
            assertThat(receiveOffload()).isEqualTo("on");
            assertThat(generator.name()).isEqualTo("XDP program");
        }
        assertThat(receiveOffload()).isEqualTo("off");
        lab.router().run("ethtool", "-K", Lab.LAN, "gro", "on");
        generator(1).close();
        assertThat(receiveOffload()).isEqualTo("on");
    }

    private String receiveOffload() {
        return lab.router()
                .run("ethtool", "-k", Lab.LAN)
                .lines()
                .filter(line -> line.startsWith("generic-receive-offload: "))
                .map(line -> line.split(" ")[1])
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldSayThatFramesVanish() {
        try (BpfGenerator generator = generator(1)) {
            lab.router().run("ethtool", "-K", Lab.LAN, "gro", "off");
            assertThatThrownBy(() -> generator.run(Load.at(1000, 0.05)))
                    .isInstanceOf(LabException.class)
                    .hasMessageMatching("50 of 50 frames never reached the other end of eth in pt.*-client: "
                            + "it is down, or it has neither generic receive offload nor an XDP program any more");
        }
    }
}
