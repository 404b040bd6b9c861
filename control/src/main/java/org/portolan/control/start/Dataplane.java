package org.portolan.control.start;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.portolan.control.config.Config;
import org.portolan.control.device.DeviceCheck;
import org.portolan.control.device.Link;
import org.portolan.control.device.RouterMac;
import org.portolan.control.device.RouterMachine;
import org.portolan.dataplane.command.Wakeup;
import org.portolan.dataplane.counter.PortCounters;
import org.portolan.dataplane.counter.WorkerCounters;
import org.portolan.dataplane.forward.Port;
import org.portolan.dataplane.io.DeviceIo;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.nat.Nat;
import org.portolan.dataplane.nat.NatConfig;
import org.portolan.dataplane.nat.NatSecrets;
import org.portolan.dataplane.nat.PolicyKeeper;
import org.portolan.dataplane.neighbor.NeighborTable;
import org.portolan.dataplane.neighbor.NeighborUse;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.system.DeviceClaim;
import org.portolan.dataplane.system.NetworkDevice;
import org.portolan.dataplane.worker.Worker;

/** Everything that one run allocates and opens, at start and never after: rings, tables, counters, the worker. */
public final class Dataplane implements AutoCloseable {
    private static final int COMMAND_RING_BYTES = 1 << 18;
    private static final int INJECT_RING_BYTES = 1 << 16;
    private static final int PUNT_RING_BYTES = 1 << 18;
    private static final int EVENT_RING_BYTES = 1 << 16;

    /** Neighbors outside the directly indexed subnet: gateways, and the hosts of subnets wider than a /16. */
    private static final int NEIGHBOR_HASH_CAPACITY = 16_384;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();
    private final List<NeighborTable> neighbors = new ArrayList<>();
    private final List<NeighborUse> uses = new ArrayList<>();
    private final RouterMachine machine;
    private final long beganNs;
    private final Worker.WorkerRings rings;
    private final Wakeup wakeup;
    private final Worker worker;
    private PolicyKeeper policies;

    private Dataplane(final Config config, final List<NetworkDevice> devices, final RouterMachine machine)
            throws IOException {
        this.machine = own(machine);
        beganNs = machine.clock().nanoTime();
        try {
            rings = new Worker.WorkerRings(
                    ring(COMMAND_RING_BYTES, "the command ring"),
                    ring(INJECT_RING_BYTES, "the inject ring"),
                    ring(PUNT_RING_BYTES, "the punt ring"),
                    ring(EVENT_RING_BYTES, "the event ring"));
            wakeup = own(new Wakeup());
            worker = openWorker(config, devices);
            machine.devicesAreOpen();
        } catch (final IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /**
     * @param devices one for each interface, in the config's order, each checked
     * @param machine closed with the dataplane, or when this throws
     * @throws org.portolan.dataplane.system.LibcException with the remedy
     * @throws IOException when a device has a router already
     */
    public static Dataplane open(final Config config, final List<NetworkDevice> devices, final RouterMachine machine)
            throws IOException {
        return new Dataplane(config, devices, machine);
    }

    /** The devices of the config's interfaces, or every reason why one cannot be taken. */
    public static List<NetworkDevice> devices(
            final Config config, final List<NetworkDevice> present, final List<String> refusals) {
        final List<NetworkDevice> devices = new ArrayList<>();
        for (final Config.Interface asked : config.interfaces()) {
            final Optional<NetworkDevice> device =
                    asked.driver().driver().find(asked.device(), RouterMac.of(asked.address()), present);
            if (device.isEmpty()) {
                refusals.add(DeviceCheck.missing(asked, present));
            } else {
                DeviceCheck.refusal(asked, device.get()).ifPresent(refusals::add);
                refusals.addAll(DeviceCheck.ownMacs(config, asked, device.get()));
                devices.add(device.get());
            }
        }
        return devices;
    }

    private Worker openWorker(final Config config, final List<NetworkDevice> devices) throws IOException {
        final Port[] ports = new Port[config.interfaces().size()];
        for (int index = 0; index < ports.length; index++) {
            ports[index] = openPort(index, config.interfaces().get(index), devices.get(index));
        }
        final PolicyTerms terms = Tables.policy(config);
        final NatSecrets secrets = NatSecrets.from(machine.random());
        final NatConfig room = NatConfig.roomFor(secrets, config.nat().maxSessions(), terms)
                .checking(config.nat().answers().windowCheck());
        policies = own(new PolicyKeeper(room, terms));
        final Nat nat = own(new Nat(policies));
        final int cpu = config.io().cpus().isEmpty() ? -1 : config.io().cpus().getFirst();
        return own(new Worker(
                "worker-0",
                cpu,
                machine.clock(),
                ports,
                nat,
                Tables.answers(config, machine.random().nextLong()),
                config.nat().fragments(),
                new WorkerCounters(machine.counters(), 0),
                rings));
    }

    private Port openPort(final int index, final Config.Interface asked, final NetworkDevice device)
            throws IOException {
        final DeviceClaim claim = own(machine.claim(asked, device));
        final int prefixLength = asked.subnet().prefixLength();
        final NeighborTable table =
                own(new NeighborTable(asked.subnet().network(), prefixLength, NEIGHBOR_HASH_CAPACITY));
        final NeighborUse use = own(new NeighborUse(table.slots()));
        final DeviceIo io = own(machine.open(asked, device));
        neighbors.add(table);
        uses.add(use);
        links.add(own(new Link(index, asked, device, claim, io, machine.counters())));
        final Port port = new Port(
                index,
                asked.name(),
                asked.role() == Config.Role.OUTSIDE,
                0,
                asked.address(),
                prefixLength,
                table,
                use,
                new PortCounters(machine.counters(), 0, asked.name()),
                io,
                device.mac(),
                device.mtu());
        port.link(device.up(), device.mtu(), device.mac());
        return asked.icmpErrors() ? port : port.withoutErrors();
    }

    private OneToOneRingBuffer ring(final int bytes, final String purpose) {
        final int length = bytes + RingBufferDescriptor.TRAILER_LENGTH;
        final Slab slab = own(Slab.allocate(length, purpose));
        return new OneToOneRingBuffer(new UnsafeBuffer(slab.address(), length));
    }

    private <T extends AutoCloseable> T own(final T resource) {
        opened.add(resource);
        return resource;
    }

    public List<Link> links() {
        return links;
    }

    public NeighborTable neighbors(final int port) {
        return neighbors.get(port);
    }

    public NeighborUse use(final int port) {
        return uses.get(port);
    }

    public Worker.WorkerRings rings() {
        return rings;
    }

    public Wakeup wakeup() {
        return wakeup;
    }

    public RouterMachine machine() {
        return machine;
    }

    public Worker worker() {
        return worker;
    }

    /** Control's side of the policy. */
    public PolicyKeeper policies() {
        return policies;
    }

    /** What the machine's clock said when this run began. */
    public long beganNs() {
        return beganNs;
    }

    /** After every thread has ended; what was opened last goes first. What cannot be closed keeps nothing else open. */
    @Override
    public void close() {
        IllegalStateException failure = null;
        for (final AutoCloseable resource : opened.reversed()) {
            try {
                resource.close();
            } catch (final Exception e) {
                if (failure == null) {
                    failure = new IllegalStateException("closing " + resource, e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        opened.clear();
        if (failure != null) {
            throw failure;
        }
    }
}
