package org.portolan.control.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each wrong config beside everything that is to be said about it. A case is a right config with lines changed: the key
 * of a change is a line's number, or 0 for lines to add at the end; an error is told whole, but for the file's name.
 */
final class ConfigErrorsTest {
    private static final List<String> RIGHT = List.of(
            /* 1 */ "[interfaces.lan]",
            /* 2 */ "device = \"eth1\"",
            /* 3 */ "role = \"inside\"",
            /* 4 */ "address = \"192.168.1.1/24\"",
            /* 5 */ "[interfaces.wan]",
            /* 6 */ "device = \"eth0\"",
            /* 7 */ "role = \"outside\"",
            /* 8 */ "address = \"203.0.113.2/24\"",
            /* 9 */ "[[routes]]",
            /* 10 */ "destination = \"0.0.0.0/0\"",
            /* 11 */ "via = \"203.0.113.1\"");

    private static final String ADDRESS_FORM = "ADDRESS/PREFIX, such as \"192.168.1.1/24\"";
    private static final String EXTERNAL_FORM =
            "ADDRESS:PORT or ADDRESS:FIRST-LAST, such as \"203.0.113.2:8080\" or \"203.0.113.2:5000-5999\"";

    @TempDir
    private Path directory;

    private record Case(String name, List<Object> change, List<String> errors) {}

    private static Case wrong(final String name, final int line, final String text, final String... errors) {
        return new Case(name, List.of(line, text), List.of(errors));
    }

    private static Case added(final String name, final String text, final String... errors) {
        return wrong(name, 0, text, errors);
    }

    private static Case forward(
            final String name,
            final String protocol,
            final String external,
            final String internal,
            final String error) {
        final String text = "[[nat.forward]]\nprotocol = \"%s\"\nexternal = \"%s\"\ninternal = \"%s\""
                .formatted(protocol, external, internal);
        return added(name, text, error);
    }

    @TestFactory
    Stream<DynamicTest> shouldSayWhatIsWrongInAnInterface() {
        return tests(
                wrong(
                        "network address",
                        4,
                        "address = \"192.168.1.0/24\"",
                        "4:11: error: interfaces.lan.address = \"192.168.1.0/24\": this is the network address of"
                                + " 192.168.1.0/24; allowed: 192.168.1.1 to 192.168.1.254"),
                wrong(
                        "broadcast address",
                        4,
                        "address = \"192.168.1.255/24\"",
                        "4:11: error: interfaces.lan.address = \"192.168.1.255/24\": this is the broadcast address of"
                                + " 192.168.1.0/24; allowed: 192.168.1.1 to 192.168.1.254"),
                wrong(
                        "no prefix",
                        4,
                        "address = \"192.168.1.1\"",
                        "4:11: error: interfaces.lan.address = \"192.168.1.1\": the prefix length is missing; allowed: "
                                + ADDRESS_FORM),
                wrong(
                        "prefix 33",
                        4,
                        "address = \"192.168.1.1/33\"",
                        "4:11: error: interfaces.lan.address = \"192.168.1.1/33\": not a prefix length after the /;"
                                + " allowed: /0 to /32"),
                wrong(
                        "prefix 32",
                        4,
                        "address = \"192.168.1.1/32\"",
                        "4:11: error: interfaces.lan.address = \"192.168.1.1/32\": prefix length out of range;"
                                + " allowed: /8 to /31"),
                wrong(
                        "octet 256",
                        4,
                        "address = \"192.168.1.256/24\"",
                        "4:11: error: interfaces.lan.address = \"192.168.1.256/24\": not an IPv4 address before the /;"
                                + " allowed: " + ADDRESS_FORM),
                wrong(
                        "leading zero",
                        4,
                        "address = \"192.168.01.1/24\"",
                        "4:11: error: interfaces.lan.address = \"192.168.01.1/24\": not an IPv4 address before the /;"
                                + " allowed: " + ADDRESS_FORM),
                wrong(
                        "IPv6",
                        4,
                        "address = \"2001:db8::1/64\"",
                        "4:11: error: interfaces.lan.address = \"2001:db8::1/64\": IPv6 is not supported yet;"
                                + " allowed: " + ADDRESS_FORM),
                wrong(
                        "loopback",
                        4,
                        "address = \"127.0.0.1/8\"",
                        "4:11: error: interfaces.lan.address = \"127.0.0.1/8\": no host can have this address; allowed:"
                                + " a unicast address, not in 0.0.0.0/8, 127.0.0.0/8 or above 223.255.255.255"),
                wrong(
                        "overlap",
                        8,
                        "address = \"192.168.0.9/16\"",
                        "8:11: error: interfaces.wan.address = \"192.168.0.9/16\": overlaps 192.168.1.0/24 of interface"
                                + " lan; allowed: subnets that do not overlap"),
                wrong(
                        "wrong type",
                        4,
                        "address = 5",
                        "4:11: error: interfaces.lan.address = 5: is an integer; allowed: a string, in quotes"),
                wrong(
                        "missing address",
                        4,
                        "",
                        "1:1: error: interfaces.lan.address: is missing; allowed: " + ADDRESS_FORM),
                wrong(
                        "missing device",
                        6,
                        "",
                        "5:1: error: interfaces.wan.device: is missing; allowed: the name of a network device, see: ip"
                                + " link"),
                wrong(
                        "same device",
                        6,
                        "device = \"eth1\"",
                        "6:10: error: interfaces.wan.device = \"eth1\": is already the device of interface lan;"
                                + " allowed: one interface for each device"),
                wrong(
                        "device too long",
                        6,
                        "device = \"abcdefghijklmnop\"",
                        "6:10: error: interfaces.wan.device = \"abcdefghijklmnop\": no device can have this name;"
                                + " allowed: 1 to 15 characters without / : or space, see: ip link"),
                wrong(
                        "device with a terminal escape",
                        6,
                        "device = \"a\\u001Bb\"",
                        "6:10: error: interfaces.wan.device = \"a\\u001Bb\": no device can have this name;"
                                + " allowed: 1 to 15 characters without / : or space, see: ip link"),
                wrong(
                        "role",
                        7,
                        "role = \"outsid\"",
                        "7:8: error: interfaces.wan.role = \"outsid\": no such value, did you mean \"outside\"?;"
                                + " allowed: \"inside\", \"outside\""),
                wrong(
                        "no outside interface",
                        7,
                        "role = \"inside\"",
                        "1:1: error: interfaces: no interface has the role \"outside\"; allowed: at least one"
                                + " [interfaces.NAME] with role = \"inside\" and one with role = \"outside\""),
                wrong(
                        "unknown key",
                        6,
                        "device = \"eth0\"\naddres = 1",
                        "7:1: error: interfaces.wan.addres = 1: unknown key, did you mean \"address\"?;"
                                + " allowed: address, device, driver, filtering, icmp_errors, mapping, role, segment"),
                wrong(
                        "MTU is the device's",
                        6,
                        "device = \"eth0\"\nmtu = 1500",
                        "7:1: error: interfaces.wan.mtu = 1500: not supported yet; set it on the device: ip link set DEVICE mtu"
                                + " N"),
                wrong(
                        "segment",
                        6,
                        "device = \"eth0\"\nsegment = \"a b\"",
                        "7:11: error: interfaces.wan.segment = \"a b\": is not usable as a name;"
                                + " allowed: 1 to 64 letters, digits, . - and _, the first no ."),
                wrong(
                        "name",
                        5,
                        "[interfaces.\"w n\"]",
                        "5:1: error: interfaces.\"w n\": the name is not usable;"
                                + " allowed: 1 to 32 letters, digits, - and _"));
    }

    @TestFactory
    Stream<DynamicTest> shouldSayWhatIsWrongInARoute() {
        final String via = "the address of a router on a connected subnet, such as \"203.0.113.1\"";
        return tests(
                wrong(
                        "host bits",
                        10,
                        "destination = \"10.0.0.1/8\"",
                        "10:15: error: routes[0].destination = \"10.0.0.1/8\": 10.0.0.1 has bits set beyond the prefix;"
                                + " allowed: the subnet's lowest address, did you mean \"10.0.0.0/8\"?"),
                wrong(
                        "not connected",
                        11,
                        "via = \"198.51.100.1\"",
                        "11:7: error: routes[0].via = \"198.51.100.1\": is on no connected subnet;"
                                + " allowed: an address in wan 203.0.113.0/24, lan 192.168.1.0/24"),
                wrong(
                        "ourselves",
                        11,
                        "via = \"203.0.113.2\"",
                        "11:7: error: routes[0].via = \"203.0.113.2\": is this router's own address on wan;"
                                + " allowed: the address of another router in 203.0.113.0/24"),
                wrong(
                        "broadcast",
                        11,
                        "via = \"203.0.113.255\"",
                        "11:7: error: routes[0].via = \"203.0.113.255\": is not a host's address in 203.0.113.0/24;"
                                + " allowed: the address of another router in 203.0.113.0/24"),
                wrong(
                        "host name",
                        11,
                        "via = \"gateway\"",
                        "11:7: error: routes[0].via = \"gateway\": not an IPv4 address; allowed: " + via),
                wrong("missing via", 11, "", "9:1: error: routes[0].via: is missing; allowed: " + via),
                wrong(
                        "multicast",
                        10,
                        "destination = \"224.0.0.0/4\"",
                        "10:15: error: routes[0].destination = \"224.0.0.0/4\": these addresses can never be routed;"
                                + " allowed: unicast addresses, or 0.0.0.0/0"),
                wrong(
                        "connected subnet",
                        10,
                        "destination = \"192.168.1.0/24\"",
                        "10:15: error: routes[0].destination = \"192.168.1.0/24\": is the subnet of interface lan"
                                + " itself; allowed: no route to a connected subnet"),
                added(
                        "twice",
                        "[[routes]]\ndestination = \"0.0.0.0/0\"\nvia = \"192.168.1.2\"",
                        "13:15: error: routes[1].destination = \"0.0.0.0/0\": there is another route to it;"
                                + " allowed: one route for each destination"),
                wrong(
                        "a table for an array",
                        9,
                        "[routes]",
                        "9:1: error: routes = { ... }: is a table; allowed: an array of tables, [[routes]]"));
    }

    @TestFactory
    Stream<DynamicTest> shouldSayWhatIsWrongInThePool() {
        final String outside = "addresses in wan 203.0.113.0/24";
        final String form = "\"203.0.113.2\", \"203.0.113.8-203.0.113.15\" or \"203.0.113.8/29\"";
        return tests(
                pool(
                        "no interface can carry it",
                        "\"198.51.100.7\"",
                        "13:9: error: nat.pool[0] = \"198.51.100.7\": 198.51.100.7 is in the subnet of no outside"
                                + " interface; a pool that the provider routes here is not supported yet; allowed: "
                                + outside),
                pool(
                        "range runs out of the subnet",
                        "\"203.0.113.250-203.0.114.3\"",
                        "13:9: error: nat.pool[0] = \"203.0.113.250-203.0.114.3\": 203.0.114.0 is in the subnet of no"
                                + " outside interface; a pool that the provider routes here is not supported yet; allowed:"
                                + " "
                                + outside),
                pool(
                        "inside",
                        "\"192.168.1.9\"",
                        "13:9: error: nat.pool[0] = \"192.168.1.9\": overlaps 192.168.1.0/24 of inside interface lan;"
                                + " allowed: " + outside),
                pool(
                        "the whole subnet",
                        "\"203.0.113.0/24\"",
                        "13:9: error: nat.pool[0] = \"203.0.113.0/24\": 203.0.113.0 is the network address of"
                                + " 203.0.113.0/24; allowed: host addresses"),
                pool(
                        "the broadcast address",
                        "\"203.0.113.255\"",
                        "13:9: error: nat.pool[0] = \"203.0.113.255\": 203.0.113.255 is the broadcast address of"
                                + " 203.0.113.0/24; allowed: host addresses"),
                pool(
                        "the gateway",
                        "\"203.0.113.0-203.0.113.5\"".replace(".0-", ".1-"),
                        "13:9: error: nat.pool[0] = \"203.0.113.1-203.0.113.5\": 203.0.113.1 is the next hop of the"
                                + " route to 0.0.0.0/0; allowed: addresses that no other machine has"),
                pool(
                        "host bits",
                        "\"203.0.113.9/29\"",
                        "13:9: error: nat.pool[0] = \"203.0.113.9/29\": 203.0.113.9 has bits set beyond the prefix;"
                                + " allowed: the subnet's lowest address, did you mean \"203.0.113.8/29\"?"),
                pool(
                        "backwards",
                        "\"203.0.113.9-203.0.113.3\"",
                        "13:9: error: nat.pool[0] = \"203.0.113.9-203.0.113.3\": the range ends before it begins;"
                                + " allowed: LOWEST-HIGHEST"),
                pool(
                        "twice",
                        "\"203.0.113.8/29\", \"203.0.113.9\"",
                        "13:27: error: nat.pool[1] = \"203.0.113.9\": overlaps 203.0.113.8-203.0.113.15, which is in"
                                + " the pool already; allowed: each address once"),
                pool(
                        "nonsense",
                        "\"x\"",
                        "13:9: error: nat.pool[0] = \"x\": not an IPv4 address, range or subnet; allowed: " + form),
                added(
                        "none for the second uplink",
                        "[interfaces.dsl]\ndevice = \"eth2\"\nrole = \"outside\"\naddress = \"198.51.100.2/24\"\n"
                                + "[nat]\npool = [\"203.0.113.9\"]",
                        "17:8: error: nat.pool = [\"203.0.113.9\"]: has no address of outside interface dsl; allowed: at"
                                + " least one of 198.51.100.0/24, such as its own, 198.51.100.2"),
                pool("number", "7", "13:9: error: nat.pool[0] = 7: is an integer; allowed: a string, in quotes"),
                pool(
                        "empty",
                        "",
                        "13:8: error: nat.pool = []: is empty; allowed: at least one address; leave the key out to use"
                                + " the outside interface's"),
                added(
                        "routed inside",
                        "[[routes]]\n"
                                + "destination = \"203.0.113.64/26\"\n"
                                + "via = \"192.168.1.2\"\n"
                                + "[nat]\n"
                                + "pool = [\"203.0.113.70\"]",
                        "16:9: error: nat.pool[0] = \"203.0.113.70\": overlaps 203.0.113.64/26, which is routed to"
                                + " inside interface lan; allowed: addresses that no other machine has"));
    }

    private static Case pool(final String name, final String elements, final String error) {
        return added(name, "[nat]\npool = [" + elements + "]", error);
    }

    @TestFactory
    Stream<DynamicTest> shouldSayWhatIsWrongInAnExemption() {
        return tests(
                exempt(
                        "host bits",
                        "\"198.51.100.7/24\"",
                        "13:11: error: nat.exempt[0] = \"198.51.100.7/24\": 198.51.100.7 has bits set beyond the prefix;"
                                + " allowed: the subnet's lowest address, did you mean \"198.51.100.0/24\"?"),
                exempt(
                        "no prefix",
                        "\"198.51.100.7\"",
                        "13:11: error: nat.exempt[0] = \"198.51.100.7\": the prefix length is missing; allowed:"
                                + " ADDRESS/PREFIX, such as \"198.51.100.0/24\""),
                exempt(
                        "everything",
                        "\"0.0.0.0/0\"",
                        "13:11: error: nat.exempt[0] = \"0.0.0.0/0\": would leave nothing to translate; allowed: networks"
                                + " of prefix length 1 to 32"),
                exempt(
                        "multicast",
                        "\"224.0.0.0/8\"",
                        "13:11: error: nat.exempt[0] = \"224.0.0.0/8\": these addresses can never be routed; allowed:"
                                + " unicast addresses"),
                exempt(
                        "inside",
                        "\"192.168.1.128/25\"",
                        "13:11: error: nat.exempt[0] = \"192.168.1.128/25\": is behind inside interface lan, where"
                                + " nothing is translated anyway; allowed: networks behind an outside interface"),
                exempt(
                        "overlap",
                        "\"198.51.100.0/24\", \"198.51.100.128/25\"",
                        "13:30: error: nat.exempt[1] = \"198.51.100.128/25\": overlaps 198.51.100.0/24, which is exempt"
                                + " already; allowed: networks that are apart"));
    }

    private static Case exempt(final String name, final String elements, final String error) {
        return added(name, "[nat]\nexempt = [" + elements + "]", error);
    }

    @TestFactory
    Stream<DynamicTest> shouldSayWhatIsWrongInAForward() {
        return tests(
                forward(
                        "port 0",
                        "tcp",
                        "203.0.113.2:0",
                        "192.168.1.10:80",
                        "14:12: error: nat.forward[0].external = \"203.0.113.2:0\": not a port after the colon;"
                                + " allowed: 1 to 65535"),
                forward(
                        "port 70000",
                        "tcp",
                        "203.0.113.2:8080",
                        "192.168.1.10:70000",
                        "15:12: error: nat.forward[0].internal = \"192.168.1.10:70000\": not a port after the colon;"
                                + " allowed: 1 to 65535"),
                forward(
                        "no port",
                        "udp",
                        "203.0.113.2",
                        "192.168.1.10:80",
                        "14:12: error: nat.forward[0].external = \"203.0.113.2\": the port is missing; allowed: "
                                + EXTERNAL_FORM),
                forward(
                        "protocol",
                        "icmp",
                        "203.0.113.2:1",
                        "192.168.1.10:80",
                        "13:12: error: nat.forward[0].protocol = \"icmp\": no such value; allowed: \"tcp\", \"udp\""),
                forward(
                        "not ours",
                        "tcp",
                        "203.0.113.77:80",
                        "192.168.1.10:80",
                        "14:12: error: nat.forward[0].external = \"203.0.113.77:80\": 203.0.113.77 is not an outside"
                                + " address of this router; allowed: 203.0.113.2"),
                forward(
                        "unreachable",
                        "tcp",
                        "203.0.113.2:80",
                        "10.9.9.9:80",
                        "15:12: error: nat.forward[0].internal = \"10.9.9.9:80\": 10.9.9.9 is in no inside interface's"
                                + " subnet and no route leads to it through one; allowed: the address of a host in or"
                                + " behind lan 192.168.1.0/24"),
                forward(
                        "to ourselves",
                        "tcp",
                        "203.0.113.2:80",
                        "192.168.1.1:80",
                        "15:12: error: nat.forward[0].internal = \"192.168.1.1:80\": 192.168.1.1 is this router's own"
                                + " address; allowed: the address of a host in or behind lan 192.168.1.0/24"),
                forward(
                        "to the broadcast address",
                        "tcp",
                        "203.0.113.2:80",
                        "192.168.1.255:80",
                        "15:12: error: nat.forward[0].internal = \"192.168.1.255:80\": 192.168.1.255 is not a host's"
                                + " address in 192.168.1.0/24; allowed: the address of a host in or behind lan"
                                + " 192.168.1.0/24"),
                added(
                        "twice",
                        """
                        [[nat.forward]]
                        protocol = "udp"
                        external = "203.0.113.2:53"
                        internal = "192.168.1.10:53"
                        [[nat.forward]]
                        protocol = "udp"
                        external = "203.0.113.2:53"
                        internal = "192.168.1.11:53"
                        [[nat.forward]]
                        protocol = "tcp"
                        external = "203.0.113.2:53"
                        internal = "192.168.1.11:53"
                        """,
                        "18:12: error: nat.forward[1].external = \"203.0.113.2:53\": is already forwarded by"
                                + " nat.forward[0] in line 14; allowed: each protocol, address and port once"));
    }

    @TestFactory
    Stream<DynamicTest> shouldSayWhatIsWrongForOtherProtocols() {
        return tests(
                added(
                        "no such choice",
                        "[nat]\nother_protocols = \"gre\"",
                        "13:19: error: nat.other_protocols = \"gre\": no such value; allowed: \"dynamic\", \"static\","
                                + " \"drop\""),
                added(
                        "no time",
                        "[nat.timeouts]\nother = 0",
                        "13:9: error: nat.timeouts.other = 0: out of range; allowed: 1 to 2592000"));
    }

    private static Case whole(final String name, final String external, final String internal, final String error) {
        return added(name, "[[nat.static]]\nexternal = \"%s\"\ninternal = \"%s\"".formatted(external, internal), error);
    }

    @TestFactory
    Stream<DynamicTest> shouldSayWhatIsWrongInARangeOfPorts() {
        return tests(
                forward(
                        "ends before it begins",
                        "udp",
                        "203.0.113.2:6000-5000",
                        "192.168.1.10",
                        "14:12: error: nat.forward[0].external = \"203.0.113.2:6000-5000\": the range ends before it"
                                + " begins; allowed: FIRST-LAST"),
                forward(
                        "beyond the last port",
                        "udp",
                        "203.0.113.2:60000-70000",
                        "192.168.1.10",
                        "14:12: error: nat.forward[0].external = \"203.0.113.2:60000-70000\": not a range of ports"
                                + " after the colon; allowed: FIRST-LAST, each 1 to 65535"),
                forward(
                        "another length inside",
                        "udp",
                        "203.0.113.2:5000-5999",
                        "192.168.1.10:6000-6998",
                        "15:12: error: nat.forward[0].internal = \"192.168.1.10:6000-6998\": has 999 ports, and external"
                                + " has 1000; allowed: as many ports as external, or none for the same ones"),
                forward(
                        "a single port inside",
                        "tcp",
                        "203.0.113.2:5000-5999",
                        "192.168.1.10:6000",
                        "15:12: error: nat.forward[0].internal = \"192.168.1.10:6000\": has 1 port, and external has"
                                + " 1000; allowed: as many ports as external, or none for the same ones"),
                forward(
                        "no address",
                        "tcp",
                        "5000-5999",
                        "192.168.1.10",
                        "14:12: error: nat.forward[0].external = \"5000-5999\": not an address and a port; allowed: "
                                + EXTERNAL_FORM),
                added(
                        "overlapping",
                        """
                        [[nat.forward]]
                        protocol = "udp"
                        external = "203.0.113.2:5000-5999"
                        internal = "192.168.1.10"
                        [[nat.forward]]
                        protocol = "udp"
                        external = "203.0.113.2:6000-6999"
                        internal = "192.168.1.10"
                        [[nat.forward]]
                        protocol = "udp"
                        external = "203.0.113.2:5999"
                        internal = "192.168.1.11:53"
                        [[nat.forward]]
                        protocol = "udp"
                        external = "203.0.113.2:4000-9000"
                        internal = "192.168.1.11"
                        """,
                        "22:12: error: nat.forward[2].external = \"203.0.113.2:5999\": overlaps nat.forward[0] in line"
                                + " 14; allowed: each protocol, address and port once",
                        "26:12: error: nat.forward[3].external = \"203.0.113.2:4000-9000\": overlaps nat.forward[1] in"
                                + " line 18; allowed: each protocol, address and port once"),
                added(
                        "direction",
                        "[[nat.forward]]\nprotocol = \"tcp\"\nexternal = \"203.0.113.2:80\"\n"
                                + "internal = \"192.168.1.10\"\ndirection = \"outbound\"",
                        "16:13: error: nat.forward[0].direction = \"outbound\": no such value; allowed:"
                                + " \"both\", \"inbound\""));
    }

    @TestFactory
    Stream<DynamicTest> shouldSayWhatIsWrongInAWholeAddress() {
        return tests(
                whole(
                        "with a port",
                        "203.0.113.9:80",
                        "192.168.1.9",
                        "13:12: error: nat.static[0].external = \"203.0.113.9:80\": a whole address has no port; allowed:"
                                + " \"203.0.113.9\" or \"203.0.113.16/28\""),
                whole(
                        "no address",
                        "203.0.113.9",
                        "server",
                        "14:12: error: nat.static[0].internal = \"server\": not an IPv4 address or subnet; allowed:"
                                + " \"192.168.1.9\" or \"10.0.0.16/28\""),
                whole(
                        "an interface's own",
                        "203.0.113.2",
                        "192.168.1.9",
                        "13:12: error: nat.static[0].external = \"203.0.113.2\": 203.0.113.2 is interface wan's own"
                                + " address: the router would lose its own services; allowed: another address; forward"
                                + " ports of this one with [[nat.forward]]"),
                whole(
                        "not in an outside subnet",
                        "198.51.100.9",
                        "192.168.1.9",
                        "13:12: error: nat.static[0].external = \"198.51.100.9\": 198.51.100.9 is in the subnet of no"
                                + " outside interface; a pool that the provider routes here is not supported yet; allowed:"
                                + " addresses in wan 203.0.113.0/24"),
                whole(
                        "the gateway's",
                        "203.0.113.1",
                        "192.168.1.9",
                        "13:12: error: nat.static[0].external = \"203.0.113.1\": 203.0.113.1 is the next hop of the route"
                                + " to 0.0.0.0/0; allowed: addresses that no other machine has"),
                whole(
                        "another length inside",
                        "203.0.113.16/28",
                        "192.168.1.16/29",
                        "14:12: error: nat.static[0].internal = \"192.168.1.16/29\": has 8 addresses, and external has 16;"
                                + " allowed: as many as external"),
                whole(
                        "unreachable",
                        "203.0.113.9",
                        "10.9.9.9",
                        "14:12: error: nat.static[0].internal = \"10.9.9.9\": 10.9.9.9 is in no inside interface's subnet"
                                + " and no route leads to it through one; allowed: the address of a host in or behind lan"
                                + " 192.168.1.0/24"),
                whole(
                        "a subnet with the router in it",
                        "203.0.113.16/30",
                        "192.168.1.0/30",
                        "14:12: error: nat.static[0].internal = \"192.168.1.0/30\": 192.168.1.0 is not a host's address in"
                                + " 192.168.1.0/24; allowed: the address of a host in or behind lan 192.168.1.0/24"),
                added(
                        "in the pool",
                        "[nat]\npool = [\"203.0.113.2\", \"203.0.113.8-203.0.113.15\"]\n[[nat.static]]\n"
                                + "external = \"203.0.113.9\"\ninternal = \"192.168.1.9\"",
                        "15:12: error: nat.static[0].external = \"203.0.113.9\": overlaps 203.0.113.8-203.0.113.15, which"
                                + " is in the pool; allowed: addresses that are not in the pool"),
                added(
                        "overlapping",
                        """
                        [[nat.static]]
                        external = "203.0.113.16/28"
                        internal = "192.168.1.16/28"
                        [[nat.static]]
                        external = "203.0.113.20"
                        internal = "192.168.1.40"
                        [[nat.static]]
                        external = "203.0.113.40"
                        internal = "192.168.1.31"
                        [[nat.forward]]
                        protocol = "tcp"
                        external = "203.0.113.31:80"
                        internal = "192.168.1.10:80"
                        """,
                        "16:12: error: nat.static[1].external = \"203.0.113.20\": overlaps nat.static[0] in line 13;"
                                + " allowed: each address once",
                        "20:12: error: nat.static[2].internal = \"192.168.1.31\": overlaps nat.static[0] in line 13;"
                                + " allowed: each address once for an outside interface",
                        "23:12: error: nat.forward[0].external = \"203.0.113.31:80\": 203.0.113.31 as a whole belongs to"
                                + " nat.static[0] in line 13; allowed: an address without a rule of its own"));
    }

    @TestFactory
    Stream<DynamicTest> shouldSayWhichBehaviorsDoNotGoTogether() {
        final String why = ": an outside port that several hosts have cannot be open to others; allowed: both"
                + " address-and-port-dependent, or mapping endpoint-independent";
        return tests(
                added(
                        "a shared port that is open",
                        "[nat]\nmapping = \"address-and-port-dependent\"\nfiltering = \"endpoint-independent\"",
                        "14:13: error: nat.filtering = \"endpoint-independent\": mapping is address-and-port-dependent,"
                                + " filtering is endpoint-independent" + why),
                added(
                        "a filter that is none",
                        "[nat]\nfiltering = \"none\"",
                        "13:13: error: nat.filtering = \"none\": no such value; allowed: \"endpoint-independent\","
                                + " \"address-dependent\", \"address-and-port-dependent\""),
                wrong(
                        "of an inside interface",
                        3,
                        "role = \"inside\"\nmapping = \"endpoint-independent\"",
                        "4:11: error: interfaces.lan.mapping = \"endpoint-independent\": is of mappings, which belong to"
                                + " outside interfaces; allowed: leave it out"));
    }

    @TestFactory
    Stream<DynamicTest> shouldSayWhatIsNotSupportedYet() {
        return tests(
                added("ports", "[nat]\nports = 1", "13:1: error: nat.ports = 1: not supported yet; leave it out"),
                added(
                        "driver",
                        "[io]\ndriver = \"af_xdp\"",
                        "13:10: error: io.driver = \"af_xdp\": not supported yet; allowed: \"af_packet\""),
                added("workers", "[io]\nworkers = 2", "13:11: error: io.workers = 2: not supported yet; allowed: 1"),
                added(
                        "metrics",
                        "[control]\nmetrics = \"127.0.0.1:9477\"",
                        "13:1: error: control.metrics = \"127.0.0.1:9477\": not supported yet; leave it out"
                                + " (portolan stats shows the counters)"));
    }

    @TestFactory
    Stream<DynamicTest> shouldSayWhatIsPlannedAndWhatToDoMeanwhile() {
        final String root = "; allowed: arp, control, history, interfaces, io, latency, nat, neighbors, router, routes";
        return tests(
                wrong(
                        "an address from DHCP",
                        8,
                        "address = \"DHCP\"",
                        "8:11: error: interfaces.wan.address = \"DHCP\": not supported yet; allowed: ADDRESS/PREFIX, /8 to"
                                + " /31; a host's address, neither the subnet's network nor its broadcast address"),
                wrong(
                        "VLAN",
                        6,
                        "device = \"eth0\"\nvlan = 5",
                        "7:1: error: interfaces.wan.vlan = 5: not supported yet; make a VLAN device with ip link and name"
                                + " it as device"),
                added(
                        "blocks",
                        "[nat]\nblocks = true",
                        "13:1: error: nat.blocks = true: not supported yet; leave it out"),
                added(
                        "in a section that will not have it either",
                        "[io]\nblocks = true",
                        "13:1: error: io.blocks = true: not supported yet; leave it out"),
                added(
                        "a section to come",
                        "[pcp]\nenabled = true",
                        "12:1: error: pcp = { ... }: not supported yet; write [[nat.forward]] for each"),
                added(
                        "the pool is among what is allowed though the file has none",
                        "[nat]\nx = 1",
                        "13:1: error: nat.x = 1: unknown key; allowed: exempt, filtering, forward,"
                                + " fragments, inbound_refresh, limits, mapping, max_sessions, no_resources,"
                                + " other_protocols, pairing, pool, port_parity, static, tcp_window, timeouts,"
                                + " unmatched_tcp, unsolicited_syn"),
                added(
                        "a section without its parent",
                        "[timeouts]\nudp = 5",
                        "12:1: error: timeouts = { ... }: unknown key here, the section is [nat.timeouts]" + root),
                added(
                        "of two names as near, the one with double brackets",
                        "[[route]]\nvia = \"203.0.113.1\"",
                        "12:1: error: route = [{ ... }]: unknown key, did you mean \"routes\"?" + root),
                added(
                        "a slip in another section",
                        "[arp]\nmax_session = 5000",
                        "13:1: error: arp.max_session = 5000: unknown key, did you mean \"max_sessions\" in [nat]?;"
                                + " allowed: contested, idle, reachable"),
                added(
                        "two homes",
                        "[nat]\nlog = \"info\"",
                        "13:1: error: nat.log = \"info\": unknown key here, it belongs in [latency] or [control];"
                                + " allowed: exempt, filtering, forward, fragments, inbound_refresh, limits, mapping,"
                                + " max_sessions, no_resources, other_protocols, pairing, pool, port_parity, static,"
                                + " tcp_window, timeouts, unmatched_tcp, unsolicited_syn"),
                added(
                        "a number in quotes",
                        "[nat.timeouts]\nudp = \"300\"",
                        "13:7: error: nat.timeouts.udp = \"300\": is a string; allowed: an integer, without quotes: 300"),
                added(
                        "one address without brackets",
                        "[nat]\npool = \"203.0.113.2\"",
                        "13:8: error: nat.pool = \"203.0.113.2\": is a string; allowed: an array of strings:"
                                + " [\"203.0.113.2\"]"),
                added(
                        "hours in days",
                        "[latency]\nlog = \"/l\"\nfile_hours = \"2d\"",
                        "14:14: error: latency.file_hours = \"2d\": is a string; allowed: 48, in hours"));
    }

    @TestFactory
    Stream<DynamicTest> shouldSayWhatIsWrongInASetting() {
        return tests(
                added(
                        "unknown table",
                        "[iface]\nx = 1",
                        "12:1: error: iface = { ... }: unknown key; allowed: arp, control, history, interfaces, io,"
                                + " latency, nat, neighbors, router, routes"),
                added(
                        "table mistyped",
                        "[rooter]\nname = \"x\"",
                        "12:1: error: rooter = { ... }: unknown key, did you mean \"router\"?; allowed: arp, control,"
                                + " history, interfaces, io, latency, nat, neighbors, router, routes"),
                added(
                        "key of another table",
                        "[io]\nmax_sessions = 5000",
                        "13:1: error: io.max_sessions = 5000: unknown key here, it belongs in [nat]; allowed: cpus,"
                                + " driver, idle, workers"),
                added(
                        "sessions too few",
                        "[nat]\nmax_sessions = 1",
                        "13:16: error: nat.max_sessions = 1: out of range; allowed: 1024 to 16777216"),
                added(
                        "sessions beyond an int",
                        "[nat]\nmax_sessions = 4294967297",
                        "13:16: error: nat.max_sessions = 4294967297: out of range; allowed: 1024 to 16777216"),
                added(
                        "limit of nothing",
                        "[nat.limits]\nforward_sessions = 0",
                        "13:20: error: nat.limits.forward_sessions = 0: out of range; allowed: 1 to 16777216"),
                added(
                        "sessions of an inside host",
                        "[nat.limits]\nhost_sessions = 0",
                        "13:17: error: nat.limits.host_sessions = 0: out of range; allowed: 1 to 16777216"),
                added(
                        "ports of an inside host",
                        "[nat.limits]\nhost_ports = 196609",
                        "13:14: error: nat.limits.host_ports = 196609: out of range; allowed: 1 to 196608"),
                added(
                        "datagrams in fragments",
                        "[nat.fragments]\ndatagrams = 63",
                        "13:13: error: nat.fragments.datagrams = 63: out of range; allowed: 64 to 65536"),
                added(
                        "fragments that wait",
                        "[nat.fragments]\nwaiting = 16385",
                        "13:11: error: nat.fragments.waiting = 16385: out of range; allowed: 64 to 16384"),
                added(
                        "time for fragments",
                        "[nat.fragments]\ntimeout = 0",
                        "13:11: error: nat.fragments.timeout = 0: out of range; allowed: 1 to 86400"),
                added(
                        "rate of an inside host",
                        "[nat.limits]\nhost_rate = 1000001",
                        "13:13: error: nat.limits.host_rate = 1000001: out of range; allowed: 1 to 1000000"),
                added(
                        "nothing left for forwards",
                        "[nat]\nmax_sessions = 2048\n[nat.limits]\ninside_reserve = 2048",
                        "15:18: error: nat.limits.inside_reserve = 2048: leaves outside hosts none of the 2048 of"
                                + " nat.max_sessions: no forward would work; allowed: 0 to 2047"),
                added(
                        "nothing left of the usual size",
                        "[nat.limits]\ninside_reserve = 1048576",
                        "13:18: error: nat.limits.inside_reserve = 1048576: leaves outside hosts none of the 1048576 of"
                                + " nat.max_sessions: no forward would work; allowed: 0 to 1048575"),
                added(
                        "limit unknown",
                        "[nat.limits]\nreserve = 10",
                        "13:1: error: nat.limits.reserve = 10: unknown key; allowed: forward_sessions, host_ports,"
                                + " host_rate, host_sessions, inside_reserve, outside_sessions, remote_sessions"),
                added(
                        "time-out 0",
                        "[nat.timeouts]\nudp = 0",
                        "13:7: error: nat.timeouts.udp = 0: out of range; allowed: 1 to 2592000"),
                added(
                        "time-out as a string",
                        "[nat.timeouts]\nicmp = \"60s\"",
                        "13:8: error: nat.timeouts.icmp = \"60s\": is a string; allowed: 60, in seconds"),
                added(
                        "time-out as a float",
                        "[nat.timeouts]\nicmp = 60.5",
                        "13:8: error: nat.timeouts.icmp = 60.5: is a float; allowed: an integer, in seconds"),
                added(
                        "time-out mistyped",
                        "[nat.timeouts]\ntcp_establised = 8000",
                        "13:1: error: nat.timeouts.tcp_establised = 8000: unknown key, did you mean"
                                + " \"tcp_established\"?; allowed: icmp, incoming, opening_floor, other, port_rest,"
                                + " tcp_closing, tcp_established, tcp_opening, udp, udp_ports"),
                added(
                        "a port that is none",
                        "[nat.timeouts.udp_ports]\n65536 = 30",
                        "13:1: error: nat.timeouts.udp_ports.65536 = 30: the key is no number in range; allowed: 1 to"
                                + " 65535"),
                added(
                        "a port by its name",
                        "[nat.timeouts.udp_ports]\ndns = 30",
                        "13:1: error: nat.timeouts.udp_ports.dns = 30: the key is no number in range; allowed: 1 to"
                                + " 65535"),
                added(
                        "time-out of a port",
                        "[nat.timeouts.udp_ports]\n53 = 0",
                        "13:6: error: nat.timeouts.udp_ports.53 = 0: out of range; allowed: 1 to 2592000"),
                added(
                        "time-out of a port as a string",
                        "[nat.timeouts.udp_ports]\n53 = \"30s\"",
                        "13:6: error: nat.timeouts.udp_ports.53 = \"30s\": is a string; allowed: 30, in seconds"),
                added(
                        "time-outs of ports that are no table",
                        "[nat.timeouts]\nudp_ports = 30",
                        "13:13: error: nat.timeouts.udp_ports = 30: is an integer; allowed: a table,"
                                + " [nat.timeouts.udp_ports]"),
                added(
                        "a floor of 0",
                        "[nat.timeouts]\nopening_floor = 0",
                        "13:17: error: nat.timeouts.opening_floor = 0: out of range; allowed: 1 to 2592000"),
                added(
                        "pairing",
                        "[nat]\npairing = \"loose\"",
                        "13:11: error: nat.pairing = \"loose\": no such value; allowed: \"strict\", \"another-address\""),
                added(
                        "a boolean in quotes",
                        "[nat]\nport_parity = \"true\"",
                        "13:15: error: nat.port_parity = \"true\": is a string; allowed: true, false, without quotes"),
                added(
                        "a boolean as a number",
                        "[nat]\ninbound_refresh = 1",
                        "13:19: error: nat.inbound_refresh = 1: is an integer; allowed: true, false"),
                added(
                        "idle",
                        "[io]\nidle = \"bussy\"",
                        "13:8: error: io.idle = \"bussy\": no such value, did you mean \"busy\"?;"
                                + " allowed: \"busy\", \"backoff\", \"park\""),
                added(
                        "no resources",
                        "[nat]\nno_resources = \"prohibit\"",
                        "13:16: error: nat.no_resources = \"prohibit\": no such value, did you mean \"prohibited\"?;"
                                + " allowed: \"host-unreachable\", \"prohibited\""),
                added(
                        "unmatched TCP",
                        "[nat]\nunmatched_tcp = \"rest\"",
                        "13:17: error: nat.unmatched_tcp = \"rest\": no such value, did you mean \"reset\"?;"
                                + " allowed: \"drop\", \"reset\""),
                added("CPU", "[io]\ncpus = [-1]", "13:9: error: io.cpus[0] = -1: out of range; allowed: 0 to 1023"),
                added(
                        "CPUs",
                        "[io]\ncpus = [0, 1]",
                        "13:8: error: io.cpus = [0, 1]: more CPUs than workers; allowed: one CPU for each worker, or"
                                + " none"),
                added(
                        "run is relative",
                        "[router]\nrun = \"run\"",
                        "13:7: error: router.run = \"run\": is not an absolute path; allowed: a path that begins"
                                + " with /"),
                added(
                        "router name",
                        "[router]\nname = \"a/b\"",
                        "13:8: error: router.name = \"a/b\": is not usable as a name; allowed: 1 to 64 letters, digits,"
                                + " . - and _, the first no ."),
                added(
                        "socket too long",
                        "[control]\nsocket = \"/" + "x".repeat(60) + "/" + "y".repeat(60) + "\"",
                        "13:10: error: control.socket = \"/" + "x".repeat(60) + "/" + "y".repeat(14)
                                + "...: is too long for a Unix socket: /" + "x".repeat(60) + "/" + "y".repeat(60)
                                + "; allowed: about 90 bytes"),
                added(
                        "log",
                        "[control]\nlog = \"warning\"",
                        "13:7: error: control.log = \"warning\": no such value;"
                                + " allowed: \"error\", \"warn\", \"info\", \"debug\""),
                added(
                        "user",
                        "[control]\nuser = \"no-such-user-here\"",
                        "13:8: error: control.user = \"no-such-user-here\": there is no such user;"
                                + " allowed: a user of this system, see: getent passwd"),
                added(
                        "group",
                        "[control]\ngroup = \"no-such-group-here\"",
                        "13:9: error: control.group = \"no-such-group-here\": there is no such group;"
                                + " allowed: a group of this system, see: getent group"),
                added(
                        "a value for a table",
                        "nat = 5",
                        "12:1: error: routes[0].nat = 5: unknown key here, the section is [nat]; allowed: destination, via"));
    }

    private static Case history(final String name, final String line, final String error) {
        final int column = line.indexOf('=') + 3;
        return added(name, "[history]\npath = \"/h\"\n" + line, "14:%d: error: history.%s".formatted(column, error));
    }

    private static Case url(final String url, final String error) {
        return added(
                "peer's URL " + url,
                "[history]\npath = \"/h\"\n[[history.peers]]\nname = \"edge-2\"\nurl = \"%s\"".formatted(url),
                "16:7: error: history.peers[0].url = \"%s\": %s; allowed: git://HOST/PATH, http://HOST/PATH or"
                                .formatted(url, error)
                        + " https://HOST/PATH");
    }

    @TestFactory
    Stream<DynamicTest> shouldSayWhatIsWrongInTheHistory() {
        final String serve = "; allowed: ADDRESS:PORT of this machine, such as \"127.0.0.1:9418\", or \"9418\"";
        final String size = "; allowed: 16MiB to 1TiB, such as \"1GiB\"";
        return tests(
                added(
                        "history key",
                        "[history]\npth = \"/x\"",
                        "13:1: error: history.pth = \"/x\": unknown key, did you mean \"path\"?; allowed: keep_days,"
                                + " max_size, path, peers, serve"),
                added(
                        "served without a path",
                        "[history]\nserve = \"9418\"",
                        "12:1: error: history.path: is missing; allowed: an absolute path: without one there is no"
                                + " history to serve or to share"),
                history(
                        "serve without a port",
                        "serve = \"127.0.0.1:\"",
                        "serve = \"127.0.0.1:\": not a port from 1 to 65535" + serve),
                history("serve port 0", "serve = \"0\"", "serve = \"0\": not a port from 1 to 65535" + serve),
                history(
                        "serve by name",
                        "serve = \"localhost:9418\"",
                        "serve = \"localhost:9418\": not an IPv4 address before the colon" + serve),
                history(
                        "serve IPv6",
                        "serve = \"[::1]:9418\"",
                        "serve = \"[::1]:9418\": IPv6 is not supported yet" + serve),
                history(
                        "serve multicast",
                        "serve = \"224.0.0.1:1\"",
                        "serve = \"224.0.0.1:1\": no address that a machine can have" + serve),
                history("keep", "keep_days = 0", "keep_days = 0: out of range; allowed: 1 to 3650"),
                history("size without unit", "max_size = \"1000000\"", "max_size = \"1000000\": is not a size" + size),
                history("size too small", "max_size = \"1MiB\"", "max_size = \"1MiB\": out of range" + size),
                history(
                        "size beyond a long",
                        "max_size = \"999999999999TiB\"",
                        "max_size = \"999999999999TiB\": out of range" + size));
    }

    @TestFactory
    Stream<DynamicTest> shouldSayWhatIsWrongInAPeer() {
        final String peer =
                "[router]\nname = \"edge-1\"\n[history]\npath = \"/h\"\n[[history.peers]]\nname = \"edge-2\"\n"
                        + "url = \"git://192.0.2.2/state.git\"\n";
        return tests(
                added(
                        "two of a name",
                        peer + "[[history.peers]]\nname = \"edge-2\"\nurl = \"http://a/b\"",
                        "20:8: error: history.peers[1].name = \"edge-2\": is named twice; allowed: each peer once"),
                added(
                        "this router",
                        peer + "[[history.peers]]\nname = \"edge-1\"\nurl = \"http://a/b\"",
                        "20:8: error: history.peers[1].name = \"edge-1\": is this router's own name; allowed: each"
                                + " router of the network under a name of its own"),
                added(
                        "a name that is a path",
                        peer + "[[history.peers]]\nname = \"../x\"\nurl = \"http://a/b\"",
                        "20:8: error: history.peers[1].name = \"../x\": is not usable as a name; allowed: 1 to 32"
                                + " letters, digits, - and _"),
                added(
                        "every",
                        peer + "every = 4",
                        "19:9: error: history.peers[0].every = 4: out of range; allowed: 5 to 86400"),
                added(
                        "nothing",
                        "[history]\npath = \"/h\"\n[[history.peers]]",
                        "14:1: error: history.peers[0].name: is missing; allowed: 1 to 32 letters, digits, - and _",
                        "14:1: error: history.peers[0].url: is missing; allowed: git://HOST/PATH, http://HOST/PATH or"
                                + " https://HOST/PATH"),
                url("file:///var/lib/state.git", "is not a URL that peers are fetched from"),
                url("192.0.2.2", "is not a URL that peers are fetched from"),
                url("ssh://git@192.0.2.2/x", "is not a URL that peers are fetched from"),
                url("git:// 192.0.2.2/x", "is not a URL"),
                url("git:///x", "names no host"),
                url("git://192.0.2.2", "names no repository"),
                url("http://me:secret@192.0.2.2/x", "names a user: peers are read without a password"),
                url("http://192.0.2.2/x?y=1", "has more than a host and a path"),
                url("git://192.0.2.2:99999/x", "has no port from 1 to 65535"));
    }

    @TestFactory
    Stream<DynamicTest> shouldSayAllAtOnceAndEachOnce() {
        return tests(
                added(
                        "three mistakes in the order of the file",
                        "[nat]\nmax_sessions = 1\n[io]\nidle = 4\n[control]\nlog = \"x\"",
                        "13:16: error: nat.max_sessions = 1: out of range; allowed: 1024 to 16777216",
                        "15:8: error: io.idle = 4: is an integer; allowed: \"busy\", \"backoff\", \"park\"",
                        "17:7: error: control.log = \"x\": no such value;"
                                + " allowed: \"error\", \"warn\", \"info\", \"debug\""),
                wrong(
                        "a wrong outside address does not make the route and the pool wrong",
                        8,
                        "address = \"203.0.113.2/99\"\n[nat]\npool = [\"203.0.113.9\"]",
                        "8:11: error: interfaces.wan.address = \"203.0.113.2/99\": not a prefix length after the /;"
                                + " allowed: /0 to /32"),
                added(
                        "a wrong pool does not make the forward wrong",
                        "[nat]\npool = [\"203.0.113.900\"]\n[[nat.forward]]\nprotocol = \"tcp\"\n"
                                + "external = \"203.0.113.90:80\"\ninternal = \"192.168.1.10:80\"",
                        "13:9: error: nat.pool[0] = \"203.0.113.900\": not an IPv4 address, range or subnet; allowed:"
                                + " \"203.0.113.2\", \"203.0.113.8-203.0.113.15\" or \"203.0.113.8/29\""),
                wrong(
                        "text that is not TOML hides what it swallowed",
                        3,
                        "role = ",
                        "3:8: error: not TOML: there is no value after the ="));
    }

    private Stream<DynamicTest> tests(final Case... cases) {
        return Stream.of(cases).map(each -> DynamicTest.dynamicTest(each.name(), () -> check(each)));
    }

    private void check(final Case each) throws IOException {
        final List<String> lines = new ArrayList<>(RIGHT);
        final int line = (int) each.change().getFirst();
        if (line == 0) {
            lines.add((String) each.change().getLast());
        } else {
            lines.set(line - 1, (String) each.change().getLast());
        }
        final Path file = Files.write(directory.resolve("c.toml"), lines);
        final ConfigFile.Loaded loaded = ConfigFile.load(file);
        final String prefix = file + ":";
        assertThat(loaded.errors().stream().map(Problem::toString).toList())
                .containsExactlyElementsOf(
                        each.errors().stream().map(error -> prefix + error).toList());
        assertThat(loaded.config()).isEmpty();
    }
}
