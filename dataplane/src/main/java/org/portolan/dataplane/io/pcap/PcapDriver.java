package org.portolan.dataplane.io.pcap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.agrona.concurrent.NanoClock;
import org.portolan.dataplane.io.Capabilities;
import org.portolan.dataplane.io.DeviceIo;
import org.portolan.dataplane.io.Driver;
import org.portolan.dataplane.system.NetworkDevice;

/** Interfaces that are files: what arrives is read from one, what is sent is written to {@code NAME.pcap}. */
public final class PcapDriver implements Driver {
    private static final int MTU = 1500;

    private final Map<String, Path> inputs;
    private final Path directory;
    private final NanoClock clock;
    private final List<PcapIo> opened = new ArrayList<>();

    /**
     * @param inputs by interface; one that is not named receives nothing
     * @param directory where the sent frames are written
     * @param clock ns since 1970
     */
    public PcapDriver(final Map<String, Path> inputs, final Path directory, final NanoClock clock) {
        this.inputs = Map.copyOf(inputs);
        this.directory = directory;
        this.clock = clock;
    }

    /** Where the frames go that an interface sends. */
    public static Path output(final Path directory, final String name) {
        return directory.resolve(name + ".pcap");
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(false, false, false);
    }

    /** Any name will do; the link is up from the start on. */
    @Override
    public Optional<NetworkDevice> find(final String name, final long mac, final List<NetworkDevice> present) {
        return Optional.of(new NetworkDevice(0, name, mac, MTU, true, false, List.of()));
    }

    /** @throws UncheckedIOException that names the file when one cannot be read or made */
    @Override
    public DeviceIo open(final NetworkDevice device) {
        final Path input = inputs.get(device.name());
        try {
            final PcapReader in = input == null ? null : new PcapReader(input);
            final PcapIo io = new PcapIo(device, clock, in, new PcapWriter(output(directory, device.name())));
            opened.add(io);
            return io;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** When the next frame arrives anywhere, ns since 1970; {@link Long#MAX_VALUE} after the last. */
    public long nextNs() {
        return opened.stream().mapToLong(PcapIo::nextNs).min().orElse(Long.MAX_VALUE);
    }

    /** Frames that arrived so far, by interface in the order of opening. */
    public List<Long> received() {
        return opened.stream().map(PcapIo::received).toList();
    }

    /** Frames that were sent so far, in the same order. */
    public List<Long> sent() {
        return opened.stream().map(PcapIo::sent).toList();
    }
}
