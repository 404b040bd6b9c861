package org.portolan.control;

import java.util.List;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;
import org.portolan.control.arp.ArpService;
import org.portolan.control.arp.ConfigPins;
import org.portolan.control.arp.NeighborLog;
import org.portolan.control.arp.NeighborMemory;
import org.portolan.control.config.Config;
import org.portolan.control.device.Link;
import org.portolan.control.device.LinkWatch;
import org.portolan.control.expiry.OpeningTimer;
import org.portolan.control.expiry.Pressure;
import org.portolan.control.expiry.RefusalLog;
import org.portolan.control.expiry.SessionExpiry;
import org.portolan.control.history.Hearsay;
import org.portolan.control.history.History;
import org.portolan.control.history.Remembered;
import org.portolan.control.latency.LatencyCollector;
import org.portolan.control.log.Log;
import org.portolan.control.policy.PolicySwap;
import org.portolan.control.start.Dataplane;
import org.portolan.control.start.Tables;
import org.portolan.control.view.ControlSide;
import org.portolan.control.view.NeighborCommands;
import org.portolan.control.view.NeighborView;
import org.portolan.control.view.Questions;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.command.EventAdapter;
import org.portolan.dataplane.command.EventHandler;
import org.portolan.dataplane.command.InjectProxy;
import org.portolan.dataplane.command.PuntAdapter;
import org.portolan.dataplane.command.PuntHandler;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.nat.PolicyKeeper;
import org.portolan.dataplane.neighbor.NeighborUse;
import org.portolan.dataplane.worker.Worker;

/**
 * The control thread: ARP, session expiry, changes of the policy, links, and what operators ask. Speaks to the worker
 * only through rings and the policy's exchange.
 */
public final class Controller implements Agent, PuntHandler, EventHandler, LinkWatch.Listener {
    private static final long TICK_NS = 50_000_000L;
    private static final long SECOND_NS = 1_000_000_000L;

    private final Config config;
    private final NanoClock clock;
    private final Runnable onStart;
    private final Log log;
    private final CommandProxy commands;
    private final PuntAdapter punts;
    private final EventAdapter events;
    private final NeighborMemory memory;
    private final ArpService[] arps;
    private final SessionExpiry expiry;
    private final PolicySwap policies;
    private final List<Link> interfaces;
    private final LinkWatch links;
    private final LatencyCollector latency;
    private final Pressure pressure;
    private final OpeningTimer opening;
    private final PolicyKeeper keeper;
    private final RefusalLog refusals;
    private final Questions questions = new Questions();
    private long nextTickNs;
    private long nextSecondNs;
    private long nowMs;

    /** @param onStart run first on this thread: it drops the privileges */
    Controller(final Config config, final Dataplane dataplane, final Runnable onStart, final Log log) {
        clock = dataplane.machine().clock();
        this.config = config;
        this.onStart = onStart;
        this.log = log;
        final Worker worker = dataplane.worker();
        commands = new CommandProxy(dataplane.rings().command(), dataplane.wakeup());
        punts = new PuntAdapter(dataplane.rings().punt(), this);
        events = new EventAdapter(dataplane.rings().event(), this);
        opening = new OpeningTimer(config.nat().maxSessions(), config.nat().timeouts(), log);
        expiry = new SessionExpiry(
                worker.nat().reader(),
                commands,
                config.nat().timeouts(),
                worker.nat().counts()::sessions,
                opening);
        keeper = dataplane.policies();
        policies =
                new PolicySwap(dataplane.policies(), worker.nat().reader(), commands, expiry, dataplane.wakeup(), log);
        interfaces = dataplane.links();
        links = new LinkWatch(
                interfaces, worker, commands, this, dataplane.machine().links(), log);
        latency = new LatencyCollector(0, worker.latency(), commands);
        pressure = new Pressure(worker.nat(), config.nat().maxSessions(), log);
        final List<String> names =
                interfaces.stream().map(link -> link.config().name()).toList();
        refusals = new RefusalLog(names, log);
        memory = new NeighborMemory(new NeighborLog(names, log), dataplane.machine()::wallMicros);
        arps = arps(config, dataplane, new InjectProxy(dataplane.rings().inject(), dataplane.wakeup()), memory, log);
    }

    /** A controller for a thread of the caller's, which has begun and keeps no history. */
    public static Controller begun(final Config config, final Dataplane dataplane, final Log log) {
        final Controller controller = new Controller(config, dataplane, () -> {}, log);
        controller.onStart();
        controller.begin(null);
        return controller;
    }

    private static ArpService[] arps(
            final Config config,
            final Dataplane dataplane,
            final InjectProxy inject,
            final NeighborMemory memory,
            final Log log) {
        final List<Link> links = dataplane.links();
        final ArpService[] services = new ArpService[links.size()];
        for (final Link link : links) {
            final Config.Interface on = link.config();
            services[link.port()] = new ArpService(
                    on.name(),
                    link.port(),
                    link.device().mac(),
                    on.address(),
                    on.subnet().prefixLength(),
                    Tables.proxied(config, on),
                    Tables.neighbors(config),
                    dataplane.neighbors(link.port()),
                    NeighborUse.oracle(dataplane.neighbors(link.port()), dataplane.use(link.port())),
                    inject,
                    memory,
                    log);
        }
        return services;
    }

    @Override
    public void onStart() {
        onStart.run();
        setTime(clock.nanoTime());
    }

    /**
     * This thread, before the workers start: what was known of the neighbors is back, and the addresses are announced.
     *
     * @param history null when none is kept
     */
    void begin(final History history) {
        setTime(clock.nanoTime());
        final List<Remembered> remembered = history == null ? List.of() : memory.attach(history, arps, nowMs);
        for (final ArpService arp : arps) {
            arp.start(nowMs);
        }
        new ConfigPins(config, arps, log).apply(remembered, nowMs);
    }

    private void setTime(final long nowNs) {
        nowMs = nowNs / 1_000_000L;
    }

    @Override
    public int doWork() {
        final long nowNs = clock.nanoTime();
        setTime(nowNs);
        int work = punts.poll() + events.poll();
        work += expiry.poll(nowNs, (int) (nowMs / 1000));
        policies.poll(nowNs);
        work += questions.poll();
        memory.drain();
        if (nowNs - nextTickNs >= 0) {
            nextTickNs = nowNs + TICK_NS;
            tick(nowNs);
        }
        return work;
    }

    private void tick(final long nowNs) {
        links.poll(nowNs);
        for (int port = 0; port < arps.length; port++) {
            // Time stands still for who cannot answer: a link that is down must not age the neighbors behind it.
            if (links.isUp(port)) {
                arps[port].tick(nowMs);
            }
        }
        latency.collect();
        if (nowNs - nextSecondNs >= 0) {
            nextSecondNs = nowNs + SECOND_NS;
            links.readStatistics();
            latency.ask();
            pressure.poll(keeper.current());
            log.settle();
        }
    }

    /** Other threads ask here. */
    Questions questions() {
        return questions;
    }

    /** Any thread. @return false when it is to be said again later */
    boolean hear(final List<Hearsay> hearsay) {
        return questions.offer(() -> NeighborMemory.hear(hearsay, arps, nowMs));
    }

    /** What operators see and change of this thread's. */
    ControlSide side() {
        return new ControlSide(
                questions,
                new NeighborView(interfaces, arps, () -> nowMs),
                new NeighborCommands(config, arps, questions, () -> nowMs, log),
                refusals,
                expiry,
                opening,
                pressure);
    }

    LatencyCollector latency() {
        return latency;
    }

    @Override
    public void onArp(final int port, final long frame, final int length) {
        arps[port].input(frame, length, nowMs);
    }

    @Override
    public void onResolve(final int port, final int address, final int asker) {
        arps[port].query(address, asker, nowMs);
    }

    @Override
    public void onRefused(final int reasonCode, final int port, final int host) {
        refusals.inside(DropReason.ofCode(reasonCode), port, host);
    }

    @Override
    public void onForwardRefused(
            final int reasonCode,
            final int port,
            final int remote,
            final int protocol,
            final int external,
            final int externalPort) {
        refusals.remote(DropReason.ofCode(reasonCode), remote, protocol, external, externalPort);
    }

    @Override
    public void linkUp(final int port, final long mac, final boolean anew) {
        arps[port].linkUp(mac, anew, nowMs);
    }

    @Override
    public void onClose() {
        links.close();
        for (final ArpService arp : arps) {
            arp.close();
        }
    }

    @Override
    public String roleName() {
        return "control";
    }
}
