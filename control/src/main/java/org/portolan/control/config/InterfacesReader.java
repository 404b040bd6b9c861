package org.portolan.control.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.portolan.control.config.Config.Interface;
import org.portolan.control.config.Config.Role;
import org.portolan.dataplane.driver.Drivers;
import org.portolan.dataplane.policy.Behavior;
import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.wire.Ipv4;

/** [interfaces.NAME]: at least one inside and one outside, each on a device and a subnet of its own. */
final class InterfacesReader {
    static final int SHORTEST_PREFIX = 8;
    static final int LONGEST_PREFIX = 31;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");
    /** dev_valid_name() in net/core/dev.c: shorter than IFNAMSIZ, no slash, colon or space. */
    private static final Pattern DEVICE = Pattern.compile("(?!\\.{1,2}$)[^/:\\s\\p{Cntrl}]{1,15}");

    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");
    private static final String ADDRESS_FORM = "ADDRESS/PREFIX, such as \"192.168.1.1/24\"";

    private final Section section;
    private final String router;
    private final BehaviorReader behaviors;
    private final List<Interface> sound = new ArrayList<>();
    private boolean complete;

    InterfacesReader(final Section section, final String router, final BehaviorReader behaviors) {
        this.section = section;
        this.router = router;
        this.behaviors = behaviors;
    }

    /** The interfaces that are right; {@link #isComplete} tells whether that is all of them. */
    List<Interface> read() {
        final int mark = section.mark();
        for (final Section each : section.tables()) {
            readOne(each).ifPresent(sound::add);
        }
        if (sound.size() > PolicyTerms.MAXIMUM_PORTS) {
            section.problems()
                    .error(
                            section.position(),
                            section.path(),
                            "",
                            "has %d interfaces".formatted(sound.size()),
                            "at most " + PolicyTerms.MAXIMUM_PORTS);
        }
        if (section.isSoundSince(mark)) {
            require(Role.INSIDE);
            require(Role.OUTSIDE);
        }
        complete = section.isSoundSince(mark);
        return sound;
    }

    /** Whether every interface was right, after {@link #read}. */
    boolean isComplete() {
        return complete;
    }

    private void require(final Role role) {
        if (sound.stream().noneMatch(each -> each.role() == role)) {
            final String word = word(role);
            section.problems()
                    .error(
                            section.position(),
                            section.path(),
                            "",
                            "no interface has the role \"" + word + "\"",
                            "at least one [interfaces.NAME] with role = \"inside\" and one with role = \"outside\"");
        }
    }

    private Optional<Interface> readOne(final Section one) {
        final int mark = one.mark();
        final String name = one.path().substring(section.path().length() + 1);
        if (!NAME.matcher(name).matches()) {
            one.problems()
                    .error(
                            one.position(),
                            one.path(),
                            "",
                            "the name is not usable",
                            "1 to 32 letters, digits, - and _");
        }
        final Optional<String> device = one.requiredString("device", "the name of a network device, see: ip link")
                .filter(this::isDevice)
                .map(Item::value);
        final Optional<Role> role = one.requiredChoice("role", List.of(word(Role.INSIDE), word(Role.OUTSIDE)))
                .map(word -> Role.valueOf(word.toUpperCase(Locale.ROOT)));
        final Behavior behavior = behaviors.of(one, role);
        final Optional<Item<String>> address = one.requiredString("address", ADDRESS_FORM);
        final Optional<Subnet> subnet = address.flatMap(this::subnet);
        final Drivers driver = Drivers.named(
                one.choice("driver", Drivers.PACKET.text(), Drivers.words(), List.of(SettingsReader.AF_XDP)));
        final String segment =
                one.string("segment").filter(this::isSegment).map(Item::value).orElse(router + "." + name);
        final boolean errors = one.bool("icmp_errors", true);
        one.finish();
        if (!one.isSoundSince(mark) || device.isEmpty() || role.isEmpty() || subnet.isEmpty()) {
            return Optional.empty();
        }
        final String text = address.orElseThrow().value();
        final int own = Ipv4Text.parse(text.substring(0, text.indexOf('/')));
        return Optional.of(new Interface(
                name,
                device.orElseThrow(),
                role.orElseThrow(),
                own,
                subnet.orElseThrow(),
                segment,
                driver,
                behavior,
                errors));
    }

    private boolean isDevice(final Item<String> device) {
        if (!DEVICE.matcher(device.value()).matches()) {
            device.problem("no device can have this name", "1 to 15 characters without / : or space, see: ip link");
            return false;
        }
        for (final Interface other : sound) {
            if (other.device().equals(device.value())) {
                device.problem("is already the device of interface " + other.name(), "one interface for each device");
                return false;
            }
        }
        return true;
    }

    private boolean isSegment(final Item<String> segment) {
        if (!SEGMENT.matcher(segment.value()).matches()) {
            segment.problem("is not usable as a name", "1 to 64 letters, digits, . - and _, the first no .");
            return false;
        }
        for (final Interface other : sound) {
            if (other.segment().equals(segment.value())) {
                segment.problem("is already the segment of interface " + other.name(), "one interface on each wire");
                return false;
            }
        }
        return true;
    }

    /** The subnet of an interface's address, when that is one a host can have there. */
    private Optional<Subnet> subnet(final Item<String> item) {
        final Optional<Cidr> read = Cidr.read(item, ADDRESS_FORM);
        if (read.isEmpty()) {
            return Optional.empty();
        }
        final Cidr cidr = read.orElseThrow();
        if (cidr.prefixLength() < SHORTEST_PREFIX || cidr.prefixLength() > LONGEST_PREFIX) {
            item.problem("prefix length out of range", "/%d to /%d".formatted(SHORTEST_PREFIX, LONGEST_PREFIX));
            return Optional.empty();
        }
        if (!Ipv4Text.isUnicast(cidr.address())) {
            item.problem(
                    "no host can have this address",
                    "a unicast address, not in 0.0.0.0/8, 127.0.0.0/8 or above 223.255.255.255");
            return Optional.empty();
        }
        final Subnet subnet = Subnet.around(cidr.address(), cidr.prefixLength());
        if (!subnet.isHost(cidr.address())) {
            final String what = cidr.address() == subnet.network() ? "network" : "broadcast";
            item.problem("this is the " + what + " address of " + subnet, hosts(subnet));
            return Optional.empty();
        }
        for (final Interface other : sound) {
            if (other.subnet().overlaps(subnet)) {
                item.problem(
                        "overlaps " + other.subnet() + " of interface " + other.name(), "subnets that do not overlap");
                return Optional.empty();
            }
        }
        return Optional.of(subnet);
    }

    private static String hosts(final Subnet subnet) {
        return Ipv4.describeAddress(subnet.network() + 1) + " to " + Ipv4.describeAddress(subnet.last() - 1);
    }

    private static String word(final Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }
}
