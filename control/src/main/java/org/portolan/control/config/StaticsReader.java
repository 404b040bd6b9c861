package org.portolan.control.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.portolan.control.config.Config.Interface;
import org.portolan.control.config.Config.Static;
import org.portolan.dataplane.wire.Ipv4;

/** [[nat.static]]: whole outside addresses, or subnets of them, each for one inside host. */
final class StaticsReader {
    /** Port tables are made for each address, as for one of the pool. */
    static final int MOST_ADDRESSES = PoolReader.MOST_ADDRESSES;

    private static final String EXTERNAL_FORM = "\"203.0.113.9\" or \"203.0.113.16/28\"";
    private static final String INTERNAL_FORM = "\"192.168.1.9\" or \"10.0.0.16/28\"";

    private record Read(AddressRange external, AddressRange internal, String path, int line) {
        String named() {
            return "%s in line %d".formatted(path, line);
        }
    }

    private final Section nat;
    private final Topology topology;
    private final PoolReader poolReader;
    private final List<AddressRange> pool;
    private final List<Read> all = new ArrayList<>();

    /** @param poolReader knows which addresses can be this router's */
    StaticsReader(
            final Section nat, final Topology topology, final PoolReader poolReader, final List<AddressRange> pool) {
        this.nat = nat;
        this.topology = topology;
        this.poolReader = poolReader;
        this.pool = pool;
    }

    List<Static> read() {
        final List<Static> sound = new ArrayList<>();
        for (final Section each : nat.tables("static")) {
            readOne(each).ifPresent(sound::add);
        }
        final long size = sound.stream().mapToLong(Static::count).sum();
        if (size > MOST_ADDRESSES) {
            nat.problem("static", "%d addresses".formatted(size), "at most %d".formatted(MOST_ADDRESSES));
        }
        return sound;
    }

    private Optional<Static> readOne(final Section one) {
        final int mark = one.mark();
        final Optional<Item<String>> externalItem = one.requiredString("external", EXTERNAL_FORM);
        final Optional<AddressRange> external = externalItem.flatMap(item -> addresses(item, EXTERNAL_FORM));
        final Optional<Item<String>> internalItem = one.requiredString("internal", INTERNAL_FORM);
        final Optional<AddressRange> internal = internalItem.flatMap(item -> addresses(item, INTERNAL_FORM));
        one.finish();
        if (external.isEmpty() || internal.isEmpty() || !one.isSoundSince(mark)) {
            return Optional.empty();
        }
        final Read read = new Read(
                external.orElseThrow(),
                internal.orElseThrow(),
                one.path(),
                externalItem.orElseThrow().position().line());
        judge(read, externalItem.orElseThrow(), internalItem.orElseThrow());
        all.add(read);
        return one.isSoundSince(mark)
                ? Optional.of(
                        new Static(read.external().first(), read.internal().first(), (int)
                                read.external().size()))
                : Optional.empty();
    }

    private static Optional<AddressRange> addresses(final Item<String> item, final String form) {
        final String text = item.value();
        if (text.indexOf('/') >= 0) {
            return Cidr.readSubnet(item, form).map(subnet -> new AddressRange(subnet.network(), subnet.last()));
        }
        if (!Ipv4Text.isAddress(text)) {
            item.problem(
                    text.indexOf(':') >= 0 ? "a whole address has no port" : "not an IPv4 address or subnet", form);
            return Optional.empty();
        }
        final int address = Ipv4Text.parse(text);
        return Optional.of(new AddressRange(address, address));
    }

    private void judge(final Read read, final Item<String> externalItem, final Item<String> internalItem) {
        if (read.external().size() != read.internal().size()) {
            internalItem.problem(
                    "has %d %s, and external has %d"
                            .formatted(
                                    read.internal().size(),
                                    read.internal().size() == 1 ? "address" : "addresses",
                                    read.external().size()),
                    "as many as external");
            return;
        }
        final boolean isNew = isNew(read, externalItem, internalItem);
        if (isNew && isFree(read, externalItem)) {
            isReachable(read, internalItem);
        }
    }

    private boolean isNew(final Read read, final Item<String> externalItem, final Item<String> internalItem) {
        for (final Read other : all) {
            if (other.external().overlaps(read.external())) {
                externalItem.problem("overlaps " + other.named(), "each address once");
                return false;
            }
            final boolean sameCarrier = carrier(other.external()).equals(carrier(read.external()));
            if (sameCarrier && other.internal().overlaps(read.internal())) {
                internalItem.problem("overlaps " + other.named(), "each address once for an outside interface");
                return false;
            }
        }
        return true;
    }

    private Optional<Interface> carrier(final AddressRange range) {
        return topology.connected(range.first());
    }

    private boolean isFree(final Read read, final Item<String> item) {
        for (final Interface each : topology.interfaces()) {
            if (read.external().contains(each.address())) {
                item.problem(
                        "%s is interface %s's own address: the router would lose its own services"
                                .formatted(Ipv4.describeAddress(each.address()), each.name()),
                        "another address; forward ports of this one with [[nat.forward]]");
                return false;
            }
        }
        for (final AddressRange range : pool) {
            if (range.overlaps(read.external())) {
                item.problem("overlaps " + range + ", which is in the pool", "addresses that are not in the pool");
                return false;
            }
        }
        return poolReader.isOurs(item, read.external(), read.external().equals(read.internal()));
    }

    private void isReachable(final Read read, final Item<String> item) {
        for (long i = 0; i < read.internal().size() && i < MOST_ADDRESSES; i++) {
            if (!ForwardsReader.isReachable(item, read.internal().first() + (int) i, topology, pool)) {
                return;
            }
        }
    }

    /** The rule that has an outside address as a whole, with its line. */
    Optional<String> holder(final int address) {
        return all.stream()
                .filter(each -> each.external().contains(address))
                .findFirst()
                .map(Read::named);
    }
}
