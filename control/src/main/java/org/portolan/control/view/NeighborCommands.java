package org.portolan.control.view;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.portolan.control.arp.ArpService;
import org.portolan.control.config.Config;
import org.portolan.control.log.Log;
import org.portolan.dataplane.neighbor.NeighborMachine;
import org.portolan.dataplane.neighbor.NeighborReason;
import org.portolan.dataplane.neighbor.NeighborState;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/** What operators change of the neighbors: the words are looked at on their threads, the change is control's. */
public final class NeighborCommands implements NeighborEditor {
    private final Config config;
    private final ArpService[] arps;
    private final ControlThread control;
    private final LongSupplier nowMs;
    private final Log log;

    /** @param nowMs control's clock, asked on its thread */
    public NeighborCommands(
            final Config config,
            final ArpService[] arps,
            final ControlThread control,
            final LongSupplier nowMs,
            final Log log) {
        this.config = config;
        this.arps = arps.clone();
        this.control = control;
        this.nowMs = nowMs;
        this.log = log;
    }

    @Override
    public List<Outcome> pin(final List<Binding> bindings, final String interfaceName, final String by)
            throws RefusedException {
        if (!interfaceName.isEmpty()) {
            port(interfaceName);
        }
        final List<Outcome> outcomes = ask(() -> {
            final List<Outcome> made = new ArrayList<>(bindings.size());
            for (final Binding binding : bindings) {
                made.add(pin(binding, interfaceName, by));
            }
            return made;
        });
        final long done = outcomes.stream()
                .filter(each -> !each.isRefused() && !each.already())
                .count();
        if (done > 0) {
            log.info("%s made %d neighbor%s static", by, done, done == 1 ? "" : "s");
        }
        return outcomes;
    }

    /** On control's thread. */
    private Outcome pin(final Binding binding, final String interfaceName, final String by) {
        final Optional<Config.Interface> on = connected(binding.address());
        if (on.isEmpty()) {
            return refused(binding, isNowhere(binding.address()));
        }
        final Config.Interface found = on.orElseThrow();
        final Optional<String> refusal = refusal(binding.address(), interfaceName, found);
        if (refusal.isPresent()) {
            return refused(binding, refusal.orElseThrow());
        }
        final NeighborMachine.Pinned pinned;
        try {
            pinned = arp(found).pin(binding.address(), binding.mac(), NeighborReason.OPERATOR, by, nowMs.getAsLong());
        } catch (final IllegalArgumentException e) {
            return refused(
                    binding, "%s: this MAC is %s's own".formatted(Ethernet.describeMac(binding.mac()), found.name()));
        }
        if (pinned == NeighborMachine.Pinned.FULL) {
            return refused(
                    binding,
                    "%s: the neighbor table of %s is full: portolan arp flush --interface %s makes room"
                            .formatted(Ipv4.describeAddress(binding.address()), found.name(), found.name()));
        }
        return new Outcome(binding, found.name(), pinned == NeighborMachine.Pinned.ALREADY, "");
    }

    private static Outcome refused(final Binding binding, final String why) {
        return new Outcome(binding, "", false, why);
    }

    private Optional<String> refusal(final int address, final String interfaceName, final Config.Interface found) {
        final String text = Ipv4.describeAddress(address);
        if (!interfaceName.isEmpty() && !interfaceName.equals(found.name())) {
            return Optional.of(
                    "%s is on %s (%s), not on %s".formatted(text, found.name(), found.subnet(), interfaceName));
        }
        if (!found.subnet().isHost(address)) {
            return Optional.of("%s is not a host's address in %s".formatted(text, found.subnet()));
        }
        if (found.address() == address || config.nat().inPool(address)) {
            return Optional.of("%s is this router's own address".formatted(text));
        }
        return Optional.empty();
    }

    @Override
    public String unpin(final int address, final String by) throws RefusedException {
        final Config.Interface on = connectedOrRefused(address);
        final boolean removed = ask(() -> arp(on).unpin(address, NeighborReason.OPERATOR, by));
        if (!removed) {
            throw new RefusedException("%s is not static on %s: portolan arp lists which are"
                    .formatted(Ipv4.describeAddress(address), on.name()));
        }
        log.info("%s removed the static neighbor %s", by, Ipv4.describeAddress(address));
        return on.name();
    }

    @Override
    public int flush(final int address, final String by) throws RefusedException {
        final Config.Interface on = connectedOrRefused(address);
        final String text = Ipv4.describeAddress(address);
        final int state = ask(() -> {
            final int before = arp(on).state(address);
            arp(on).flush(address, NeighborReason.OPERATOR, by);
            return before;
        });
        if (state == NeighborState.STATIC) {
            throw new RefusedException(
                    "%s is static on %s: portolan arp del %s removes it".formatted(text, on.name(), text));
        }
        return flushed(state == NeighborState.NONE ? 0 : 1, by);
    }

    @Override
    public int flushAll(final String interfaceName, final String by) throws RefusedException {
        final List<ArpService> which = interfaceName.isEmpty() ? List.of(arps) : List.of(arps[port(interfaceName)]);
        return flushed(
                ask(() -> which.stream()
                        .mapToInt(each -> each.flush(NeighborReason.OPERATOR, by))
                        .sum()),
                by);
    }

    private int flushed(final int flushed, final String by) {
        if (flushed > 0) {
            log.info("%s flushed %d neighbor%s", by, flushed, flushed == 1 ? "" : "s");
        }
        return flushed;
    }

    private Config.Interface connectedOrRefused(final int address) throws RefusedException {
        return connected(address).orElseThrow(() -> new RefusedException(isNowhere(address)));
    }

    private Optional<Config.Interface> connected(final int address) {
        return config.interfaces().stream()
                .filter(each -> each.subnet().contains(address))
                .findFirst();
    }

    private String isNowhere(final int address) {
        return "%s is in no interface's subnet; there are: %s"
                .formatted(
                        Ipv4.describeAddress(address),
                        config.interfaces().stream()
                                .map(each -> each.name() + " " + each.subnet())
                                .collect(Collectors.joining(", ")));
    }

    private ArpService arp(final Config.Interface on) {
        return arps[config.interfaces().indexOf(on)];
    }

    private int port(final String interfaceName) throws RefusedException {
        final List<String> names =
                config.interfaces().stream().map(Config.Interface::name).toList();
        final int port = names.indexOf(interfaceName);
        if (port < 0) {
            throw RefusedException.noInterface(interfaceName, names);
        }
        return port;
    }

    private <T> T ask(final Supplier<T> change) throws RefusedException {
        try {
            return control.answer(change);
        } catch (final RefusedException e) {
            throw new RefusedException(e.getMessage() + "; portolan arp shows whether it was changed");
        }
    }
}
