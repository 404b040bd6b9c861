package org.portolan.dataplane.nat;

import org.portolan.dataplane.policy.PolicyTerms;
import org.portolan.dataplane.policy.Switches;

/** Routers whose policy has other switches than the usual ones. */
final class SwitchedRouter {
    static final Switches ANOTHER_ADDRESS = new Switches(true, false, true);
    static final Switches PORT_PARITY = new Switches(false, true, true);
    static final Switches NO_INBOUND_REFRESH = new Switches(false, false, false);

    private SwitchedRouter() {}

    static TestRouter of(final TestConfig config, final Switches switches) {
        final PolicyTerms terms = config.terms().with(switches);
        final PolicyKeeper keeper = new PolicyKeeper(config.room(), terms);
        return new TestRouter(keeper, TableMemory.anonymous(keeper.room()), 1000);
    }
}
