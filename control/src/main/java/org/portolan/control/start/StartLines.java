package org.portolan.control.start;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.portolan.control.config.AddressRange;
import org.portolan.control.config.Config;
import org.portolan.control.log.Log;
import org.portolan.dataplane.driver.Drivers;
import org.portolan.dataplane.wire.Ipv4;

/** What a router says when it has begun to forward: on which wires, as whom, and where it keeps things. */
public final class StartLines {
    private StartLines() {}

    public static void log(final Config config, final Log log) {
        log.info("router %s forwards: %s", config.router().name(), interfaces(config.interfaces()));
        log.info("NAT to %s", nat(config.nat()));
        log.info("idle %s; %s", worker(config.io()), places(config));
    }

    static String interfaces(final List<Config.Interface> interfaces) {
        return interfaces.stream()
                .map(each -> "%s (%s, %s %s, %s/%d)"
                        .formatted(
                                each.name(),
                                text(each.role()),
                                each.driver() == Drivers.TAP ? "tap" : "device",
                                each.device(),
                                Ipv4.describeAddress(each.address()),
                                each.subnet().prefixLength()))
                .collect(Collectors.joining(", "));
    }

    static String nat(final Config.Nat nat) {
        final String pool = nat.pool().stream().map(AddressRange::toString).collect(Collectors.joining(", "));
        final int whole = (int) nat.staticAddresses().count();
        return "%s (%s), %s%s, up to %,d sessions"
                .formatted(
                        pool,
                        count(nat.poolSize(), "address", "addresses"),
                        count(nat.forwards().size(), "port forward", "port forwards"),
                        whole == 0 ? "" : ", " + count(whole, "whole address", "whole addresses"),
                        nat.maxSessions());
    }

    private static String worker(final Config.Io io) {
        final String cpus = io.cpus().stream().map(String::valueOf).collect(Collectors.joining(", "));
        return text(io.idle()) + (cpus.isEmpty() ? "" : " on CPU " + cpus);
    }

    static String places(final Config config) {
        return "history %s; socket %s"
                .formatted(
                        config.history().path().map(Object::toString).orElse("off"),
                        config.control().socket());
    }

    private static String text(final Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String count(final int count, final String one, final String more) {
        return "%,d %s".formatted(count, count == 1 ? one : more);
    }
}
