package org.portolan.control.arp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.portolan.control.config.Config;
import org.portolan.control.config.ConfigFile;
import org.portolan.control.log.Log;
import org.portolan.control.start.Tables;
import org.portolan.dataplane.command.InjectProxy;
import org.portolan.dataplane.command.Wakeup;
import org.portolan.dataplane.neighbor.NeighborState;
import org.portolan.dataplane.neighbor.NeighborTable;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/**
 * ARP on a lan, a wan and what a test adds, without devices, workers or threads: what is heard of changes is written
 * down as text.
 */
public final class ArpRig implements AutoCloseable {
    public static final String INTERFACES = """
        [interfaces.lan]
        device = "eth1"
        role = "inside"
        address = "192.168.1.1/24"
        [interfaces.wan]
        device = "eth0"
        role = "outside"
        address = "203.0.113.2/24"
        [nat]
        pool = ["203.0.113.8/29"]
        """;

    public static final long LAN_MAC = 0x0200_0000_0001L;
    public static final int HOST = 0xC0A8_0114;
    public static final long HOST_MAC = 0x0250_2A16_6D14L;
    public static final long NOW_MS = 1_000_000;

    public final Config config;
    public final ArpService[] arps;
    public final List<String> changes = new ArrayList<>();
    public final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    public final Log log = new Log(
            new PrintStream(logged, true, StandardCharsets.UTF_8),
            Log.Style.JOURNAL,
            Log.Level.INFO,
            System::nanoTime,
            () -> 0);
    private final List<NeighborTable> tables = new ArrayList<>();
    private final Wakeup wakeup = new Wakeup();

    public ArpRig(final Path directory, final String more) throws IOException {
        final ConfigFile.Loaded loaded =
                ConfigFile.load(Files.writeString(directory.resolve("c.toml"), INTERFACES + more));
        config = loaded.config()
                .orElseThrow(() -> new AssertionError(loaded.errors().toString()));
        final OneToOneRingBuffer ring = new OneToOneRingBuffer(
                new UnsafeBuffer(ByteBuffer.allocateDirect((1 << 16) + RingBufferDescriptor.TRAILER_LENGTH)));
        final InjectProxy inject = new InjectProxy(ring, wakeup);
        arps = new ArpService[config.interfaces().size()];
        for (int port = 0; port < arps.length; port++) {
            arps[port] = service(port, LAN_MAC + port, inject);
        }
    }

    private ArpService service(final int port, final long mac, final InjectProxy inject) {
        final Config.Interface on = config.interfaces().get(port);
        final NeighborTable table =
                new NeighborTable(on.subnet().network(), on.subnet().prefixLength(), 64);
        tables.add(table);
        return new ArpService(
                on.name(),
                port,
                mac,
                on.address(),
                on.subnet().prefixLength(),
                Tables.proxied(config, on),
                Tables.neighbors(config),
                table,
                address -> 0,
                inject,
                (changed, kind, reason, address, macOld, macNow, by) -> changes.add("%d %s %s, %s by %s"
                        .formatted(changed, kind.text, Ipv4.describeAddress(address), reason.text, by)),
                log);
    }

    /** State and MAC as the workers of that port see them. */
    public String seen(final int port, final int address) {
        final long word = tables.get(port).lookup(address);
        final long mac = NeighborTable.mac(word);
        return NeighborState.name(NeighborTable.state(word)) + (mac == 0 ? "" : " " + Ethernet.describeMac(mac));
    }

    @Override
    public void close() {
        for (final ArpService arp : arps) {
            arp.close();
        }
        tables.forEach(NeighborTable::close);
        wakeup.close();
    }
}
