package org.portolan.dataplane.model;

import org.portolan.dataplane.policy.Behavior;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.Switches;
import org.portolan.dataplane.policy.Timeouts;

/**
 * A kind of trace: how large the tables are, what the limits are, and how often each kind of action comes. Weights are
 * relative to each other.
 */
enum TraceProfile {
    /** Tables and limits out of the way. */
    PLAIN(
            new SpecSizes(1_500, 1_500),
            OutsideLimits.defaults(1_500),
            HostLimits.NONE,
            new Weights(85, 3, 4, 4, 1, 1, 1, 1),
            false),
    /** Everything is full all the time. */
    TINY(
            new SpecSizes(24, 16),
            new OutsideLimits(10, 6, 3, 4),
            new HostLimits(5, 8, 4, 10),
            new Weights(75, 5, 3, 8, 2, 2, 1, 1),
            false),
    /** The outside attacks: forged packets, errors, floods on forwards. */
    HOSTILE(
            new SpecSizes(600, 600),
            new OutsideLimits(150, 60, 16, 40),
            new HostLimits(400, 400, 100, 400),
            new Weights(40, 30, 20, 6, 4, 1, 1, 1),
            true),
    /** The policy changes all the time. */
    CHURN(
            new SpecSizes(400, 400),
            OutsideLimits.defaults(400),
            new HostLimits(60, 50, 3, 12),
            new Weights(70, 5, 4, 6, 1, 1, 1, 6),
            false),
    /** Links and neighbors come and go. */
    FLAPPING(
            new SpecSizes(400, 300),
            OutsideLimits.defaults(400),
            HostLimits.NONE,
            new Weights(70, 5, 4, 5, 1, 8, 5, 1),
            true),
    /** Filters are open: address-dependent by wan, endpoint-independent by dsl. */
    OPEN(
            new SpecSizes(300, 250),
            new OutsideLimits(150, 20, 40, 20),
            new HostLimits(100, 80, 20, 60),
            new Weights(70, 20, 5, 6, 1, 1, 1, 1),
            true,
            Behavior.Filtering.ADDRESS_DEPENDENT,
            Behavior.Filtering.ENDPOINT_INDEPENDENT),
    /** Packets from outside refresh nothing, and UDP ports stay odd or even. */
    CAUTIOUS(
            new SpecSizes(1_500, 1_500),
            OutsideLimits.defaults(1_500),
            HostLimits.NONE,
            new Weights(85, 3, 4, 8, 1, 1, 1, 1),
            false),
    /** Outside ports serve several hosts by wan. */
    SHARED(
            new SpecSizes(400, 300),
            OutsideLimits.defaults(400),
            new HostLimits(100, 60, 20, 60),
            new Weights(80, 8, 5, 5, 1, 1, 1, 2),
            false,
            Behavior.Mapping.ADDRESS_AND_PORT_DEPENDENT,
            Behavior.DEFAULT.filtering(),
            Behavior.DEFAULT.filtering());

    /**
     * @param flow a packet of a flow between inside and outside
     * @param stray a packet of nobody's, or a broken one
     * @param error an ICMP error
     * @param time a jump
     * @param flood many frames at once
     */
    record Weights(int flow, int stray, int error, int time, int flood, int neighbor, int link, int policy) {
        int sum() {
            return flow + stray + error + time + flood + neighbor + link + policy;
        }
    }

    final SpecSizes sizes;
    final OutsideLimits limits;
    final HostLimits hostLimits;
    final Weights weights;
    final boolean resetsUnmatchedTcp;
    final Behavior.Mapping wanMapping;
    final Behavior.Filtering wanFiltering;
    final Behavior.Filtering dslFiltering;

    TraceProfile(
            final SpecSizes sizes,
            final OutsideLimits limits,
            final HostLimits hostLimits,
            final Weights weights,
            final boolean resetsUnmatchedTcp) {
        this(
                sizes,
                limits,
                hostLimits,
                weights,
                resetsUnmatchedTcp,
                Behavior.DEFAULT.filtering(),
                Behavior.DEFAULT.filtering());
    }

    TraceProfile(
            final SpecSizes sizes,
            final OutsideLimits limits,
            final HostLimits hostLimits,
            final Weights weights,
            final boolean resetsUnmatchedTcp,
            final Behavior.Filtering wanFiltering,
            final Behavior.Filtering dslFiltering) {
        this(
                sizes,
                limits,
                hostLimits,
                weights,
                resetsUnmatchedTcp,
                Behavior.DEFAULT.mapping(),
                wanFiltering,
                dslFiltering);
    }

    TraceProfile(
            final SpecSizes sizes,
            final OutsideLimits limits,
            final HostLimits hostLimits,
            final Weights weights,
            final boolean resetsUnmatchedTcp,
            final Behavior.Mapping wanMapping,
            final Behavior.Filtering wanFiltering,
            final Behavior.Filtering dslFiltering) {
        this.sizes = sizes;
        this.limits = limits;
        this.hostLimits = hostLimits;
        this.weights = weights;
        this.resetsUnmatchedTcp = resetsUnmatchedTcp;
        this.wanMapping = wanMapping;
        this.wanFiltering = wanFiltering;
        this.dslFiltering = dslFiltering;
    }

    SpecSettings settings() {
        return new SpecSettings(this == CHURN ? 13 : 1, resetsUnmatchedTcp);
    }

    Switches switches() {
        return switch (this) {
            case CAUTIOUS -> new Switches(false, true, false);
            case SHARED -> new Switches(false, true, true);
            default -> Switches.USUAL;
        };
    }

    static Timeouts timeouts() {
        return Timeouts.defaults(120);
    }
}
