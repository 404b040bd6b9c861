package org.portolan.bench.device;

import java.util.Optional;
import org.portolan.bench.lab.DeviceUnderTest;
import org.portolan.bench.lab.Lab;

/**
 * A kind of device that can be measured. Another NAT is one class more: one that implements this, with a public
 * constructor without parameters, is taken by its name ({@code --devices org.example.MyNat}) or listed in {@link
 * Devices}.
 */
public interface DeviceKind {
    /** In the run's files and on the command line: lower-case letters, digits and dashes. */
    String id();

    /** What a report calls it. */
    String name();

    /** Why it cannot be measured here, as a sentence without a full stop; empty when it can. */
    default Optional<String> obstacle(final Terms terms) {
        return Optional.empty();
    }

    /** Whether it translates; the source of what a device forwards that does not stays the client's. */
    default boolean translates() {
        return true;
    }

    /** What it takes off a packet's TTL. */
    default int hops() {
        return 1;
    }

    /** One in a lab of its own, not started. */
    DeviceUnderTest in(Lab lab, Terms terms);
}
