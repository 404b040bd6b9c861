package org.portolan.dataplane.policy;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import org.portolan.dataplane.wire.Flow;

/**
 * Everything that the config says and that may change while the router runs, as one immutable snapshot: routes, outside
 * addresses by egress, static rules, exemptions, limits, times. Control builds one on its own thread and offers it
 * through a {@link PolicyExchange}; the worker takes it at a batch border.
 *
 * <p>The epoch grows by one with each policy. The policy before it matters to one thing only: which ports are to be
 * kept from dynamic mappings from now on and which no longer, so the worker takes one policy after the other and leaves
 * none out.
 */
public final class Policy {
    /** The session may go on. */
    public static final int ALLOWED = 0;

    /** This session has to end. */
    public static final int ENDS_SESSION = 1;

    /** Every session of its mapping has to end. */
    public static final int ENDS_MAPPING = 2;

    /** Every session of its inside host has to end. */
    public static final int ENDS_HOST = 3;

    /** The inside opened the session. */
    public static final int FROM_INSIDE = 0;

    /** The outside opened the session, on a static rule. */
    public static final int ON_RULE = 1;

    /** The outside opened the session, on a dynamic mapping. */
    public static final int ON_MAPPING = 2;

    private static final int[] NONE = {};

    private final int epoch;
    private final PolicyTerms terms;
    private final RouteTable routes;
    private final OutsideAddresses addresses;
    private final StaticRules rules;
    private final StaticRules before;

    /** Of the exempt networks: an address with a route here is in one. */
    private final RouteTable exempt;

    private final int[] added;
    private final int[] removed;
    private final int[] continued;
    private final boolean[] outside = new boolean[PolicyTerms.MAXIMUM_PORTS];

    /** By egress; the usual one for an egress without a pool. */
    private final Behavior[] behaviors = new Behavior[PolicyTerms.MAXIMUM_PORTS];

    private Policy(final int epoch, final PolicyTerms terms, final OutsideAddresses addresses, final Policy before) {
        this.epoch = epoch;
        this.terms = terms;
        this.addresses = addresses;
        routes = terms.routes();
        rules = new StaticRules(terms.forwards(), addresses);
        exempt = exempt(terms.exemptions());
        for (final int port : terms.outsidePorts()) {
            outside[port] = true;
        }
        Arrays.fill(behaviors, Behavior.DEFAULT);
        terms.pools().forEach(pool -> behaviors[pool.egress()] = pool.behavior());
        this.before = before == null ? rules : before.rules;
        if (before == null) {
            added = new int[rules.size()];
            Arrays.setAll(added, rule -> rule);
            removed = NONE;
            continued = new int[rules.size()];
            Arrays.fill(continued, -1);
        } else {
            added = rules.missingIn(before.rules);
            removed = before.rules.missingIn(rules);
            continued = rules.continued(before.rules);
        }
    }

    private static RouteTable exempt(final List<PolicyTerms.Network> networks) {
        final RouteTable.Builder all = RouteTable.builder();
        networks.forEach(each -> all.add(each.address(), each.prefixLength(), 0, 0));
        return all.build();
    }

    /**
     * The policy that a router starts with, or the one after another.
     *
     * @param before or null
     * @param isUsed whether an address's number has mappings
     * @param most outside addresses
     * @param newMemory as in {@link OutsideAddresses#next}
     */
    public static Policy next(
            final Policy before,
            final PolicyTerms terms,
            final IntPredicate isUsed,
            final int most,
            final LongSupplier newMemory) {
        final OutsideAddresses addresses =
                OutsideAddresses.next(before == null ? null : before.addresses, terms, isUsed, most, newMemory);
        return new Policy(before == null ? 1 : before.epoch + 1, terms, addresses, before);
    }

    public int epoch() {
        return epoch;
    }

    /** What it was made from. */
    public PolicyTerms terms() {
        return terms;
    }

    public RouteTable routes() {
        return routes;
    }

    public OutsideAddresses addresses() {
        return addresses;
    }

    public StaticRules rules() {
        return rules;
    }

    /** Whether packets between inside hosts and this outside address are not translated (RFC 6888 REQ-6). */
    public boolean isExempt(final int address) {
        return exempt.lookup(address) != RouteTable.NO_ROUTE;
    }

    /** How the dynamic mappings of an egress behave. */
    public Behavior behavior(final int egress) {
        return behaviors[egress];
    }

    public OutsideLimits limits() {
        return terms.limits();
    }

    public Switches switches() {
        return terms.switches();
    }

    public HostLimits hostLimits() {
        return terms.hostLimits();
    }

    /** Which sessions of protocols without ports there may be. */
    public OtherProtocols otherProtocols() {
        return terms.switches().otherProtocols();
    }

    public Timeouts timeouts() {
        return terms.timeouts();
    }

    /** The rules whose outside ports the policy before this one had otherwise. */
    public int[] added() {
        return added;
    }

    /** The rules of {@link #before} whose outside ports this policy has otherwise. */
    public int[] removed() {
        return removed;
    }

    /** For each rule the number that it had in {@link #before}, or -1: its first endpoints are the same. */
    public int[] continued() {
        return continued;
    }

    /** The rules of the policy before this one. */
    public StaticRules before() {
        return before;
    }

    /**
     * Whether a session may go on under this policy, or what has to end: a pure function, which control asks about each
     * session after a change, and the worker again before it ends one.
     *
     * <ul>
     * <li>The inside address has to be behind an inside interface.
     * <li>The outside endpoint has to be that of a rule to the same inside endpoint, or of none, and then of a pool. A
     * session that was opened on a rule needs the rule, and so does each one on an address that had a rule as a whole.
     * <li>A protocol without ports has to be one that is carried.
     * <li>The way to the remote host has to lead to the interface that the outside address belongs to; for a session
     * that the outside opened it must only not lead inside, since uplinks are asymmetric.
     * <li>The remote host must not be exempt from translation, unless it opened the session on a rule.
     * <li>The remote address is one of this router's own exactly when the session is a half of a hairpin.
     * </ul>
     *
     * @param opened {@link #FROM_INSIDE}, {@link #ON_RULE} or {@link #ON_MAPPING}
     * @param hairpin whether the session's remote endpoint is an outside endpoint of this router
     * @return {@link #ALLOWED}, {@link #ENDS_SESSION}, {@link #ENDS_MAPPING} or {@link #ENDS_HOST}
     */
    public int verdict(
            final int opened,
            final boolean hairpin,
            final int protocol,
            final int insideAddress,
            final int insidePort,
            final int outsideAddress,
            final int outsidePort,
            final int remoteAddress) {
        final int home = routePort(insideAddress);
        if (home < 0 || outside[home]) {
            return ENDS_HOST;
        }
        final int rule = rules.byOutside(outsideAddress, outsidePort, protocol);
        final int number = addresses.numberOf(outsideAddress);
        final boolean sound = rule >= 0
                ? rules.leadsTo(rule, outsidePort, insideAddress, insidePort)
                : number >= 0 && addresses.isPooled(number);
        final boolean lostWhole = before.ofWhole(outsideAddress) >= 0 && rules.ofWhole(outsideAddress) < 0;
        if (!sound || lostWhole) {
            return ENDS_MAPPING;
        }
        final boolean carried =
                Flow.hasPorts(protocol) || terms.switches().otherProtocols().carries(rule >= 0);
        if (!carried || opened == ON_RULE && rule < 0 || hairpin != isOwn(remoteAddress)) {
            return ENDS_SESSION;
        }
        final int way = routePort(remoteAddress);
        if (opened != FROM_INSIDE) {
            return way < 0 || outside[way] ? ALLOWED : ENDS_SESSION;
        }
        return way == addresses.egress(number) && !isExempt(remoteAddress) ? ALLOWED : ENDS_SESSION;
    }

    /** Whether an address is one of the router's own outside, and not only until its last mapping has ended. */
    private boolean isOwn(final int address) {
        final int number = addresses.numberOf(address);
        return number >= 0 && !addresses.isDraining(number);
    }

    /** The port that the route to an address leads out of, or -1. */
    public int routePort(final int address) {
        final int route = routes.lookup(address);
        return route < 0 ? -1 : routes.port(route);
    }
}
