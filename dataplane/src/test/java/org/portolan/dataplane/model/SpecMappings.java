package org.portolan.dataplane.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.policy.PolicyTerms;

/**
 * Which inside endpoint gets which outside endpoint, and for how long.
 *
 * <ul>
 * <li>One outside endpoint for each egress, whatever the remote (RFC 4787 REQ-1, RFC 5382 REQ-1, RFC 5508 REQ-1a).
 * <li>The first forward to an inside endpoint is its mapping, unless it serves the outside alone; a whole address
 * comes before one of a port.
 * <li>A host keeps one address of a pool as long as one of its mappings has it (RFC 4787 REQ-2, RFC 6888 REQ-2).
 * <li>Under address-and-port-dependent mapping each flow has a mapping of its own, which does not rest, and flows
 * share an outside endpoint when their remote endpoints differ (RFC 7857 section 3).
 * <li>No outside endpoint serves two otherwise (RFC 4787 REQ-3, RFC 5382 REQ-7). A source port that is free is kept; otherwise
 * any of its class is taken, below 1024 or not (REQ-3a). When none below 1024 is left, a high one is (IN-13).
 * <li>A protocol without ports gives its host an address, which others may have too, and which does not rest.
 * <li>A mapping lives as long as it has sessions. Then its port rests, unless every one of its sessions was a TCP
 * connection that was seen to close (RFC 6888 REQ-8).
 * <li>Without room, rest ends early, the longest first; then closed connections give way, the longest silent first.
 * A host at its limit of sessions loses a closed one of its own first. Nothing else is ever taken from anybody (RFC 6888 REQ-11).
 * </ul>
 */
final class SpecMappings {
    private static final int FIRST_HIGH_PORT = 1024;
    private static final int END = 65_536;
    private static final int QUIET_S = 2;
    private static final int MOST_ENDED_FOR_ONE = 16;

    /** A mapping, or why there is none. */
    record Result(SpecMapping mapping, DropReason reason) {
        static Result refused(final DropReason reason) {
            return new Result(null, reason);
        }
    }

    private final SpecTables tables;
    private final SpecTerms terms;
    private final SpecChoices choices;
    private final int nowS;

    SpecMappings(final SpecTables tables, final SpecTerms terms, final SpecChoices choices, final int nowS) {
        this.tables = tables;
        this.terms = terms;
        this.choices = choices;
        this.nowS = nowS;
    }

    // ---- looking

    /** Whether the policy still lets a dynamic mapping have its outside endpoint. */
    private boolean isAllowed(final SpecMapping mapping) {
        return terms.poolOf(mapping.outside.address()) >= 0 && terms.forwardAt(mapping.outside) == null;
    }

    /** The dynamic mapping of an inside endpoint that may get a session, or null. */
    private SpecMapping dynamic(final SpecEndpoint inside, final int egress) {
        final List<SpecMapping> allowed = new ArrayList<>();
        for (final SpecMapping mapping : tables.dynamicOf(inside, egress)) {
            if (isAllowed(mapping)) {
                allowed.add(mapping);
            }
        }
        return allowed.size() < 2 ? allowed.isEmpty() ? null : allowed.getFirst() : choices.used(allowed);
    }

    /** Why the limits of an inside host refuse it a session from an endpoint, or {@link DropReason#NONE}. */
    DropReason hostRefusal(final SpecEndpoint inside, final int egress) {
        final DropReason reason = hostRefusal(inside, egress, 0);
        return reason == DropReason.HOST_SESSIONS_FULL && closedOfHost(inside, egress) != null
                ? DropReason.NONE
                : reason;
    }

    /** One of a host's own closed sessions, any, if its end lets the host open another one; or null. */
    private SpecSession closedOfHost(final SpecEndpoint inside, final int egress) {
        if (hostRefusal(inside, egress, 1) != DropReason.NONE) {
            return null;
        }
        final List<SpecSession> closed = new ArrayList<>();
        for (final SpecSession session : tables.closed) {
            if (session.inside.address() == inside.address()
                    && !session.fromOutside
                    && nowS - session.lastSeenS >= QUIET_S) {
                closed.add(session);
            }
        }
        return closed.size() < 2 ? closed.isEmpty() ? null : closed.getFirst() : choices.ended(closed);
    }

    private DropReason hostRefusal(final SpecEndpoint inside, final int egress, final int fewer) {
        final SpecHost host = tables.hosts.get(inside.address());
        if (host == null) {
            return DropReason.NONE;
        }
        final DropReason reason = host.refusal(terms.hostLimits(), fewer, nowS);
        if (reason != DropReason.NONE) {
            return reason;
        }
        final boolean needsPort = terms.forwardTo(inside, egress) == null
                && tables.dynamicOf(inside, egress).stream().noneMatch(this::isAllowed);
        return needsPort && host.ports() >= terms.hostLimits().ports() ? DropReason.HOST_PORTS_FULL : DropReason.NONE;
    }

    // ---- taking

    /** The mapping of an inside endpoint, made if need be; closed connections give way to it. */
    Result take(final SpecFlow flow, final int egress, final boolean isHalf) {
        final SpecEndpoint inside = flow.from();
        Result result = takeOnce(flow, egress, isHalf);
        for (int i = 0; result.mapping == null && i < MOST_ENDED_FOR_ONE; i++) {
            final SpecSession inTheWay = closedInTheWay(result.reason, inside, egress);
            if (inTheWay == null) {
                return result;
            }
            reclaim(inTheWay);
            result = takeOnce(flow, egress, isHalf);
        }
        return result;
    }

    private Result takeOnce(final SpecFlow flow, final int egress, final boolean isHalf) {
        final SpecEndpoint inside = flow.from();
        final PolicyTerms.Forward forward = terms.forwardTo(inside, egress);
        if (forward != null) {
            final SpecHost host = tables.hosts.get(inside.address());
            final DropReason reason = host == null ? DropReason.NONE : host.refusal(terms.hostLimits(), nowS);
            return reason != DropReason.NONE
                    ? Result.refused(reason)
                    : ofForward(forward, SpecTerms.outsideOf(forward, inside));
        }
        if (isShared(inside.protocol(), egress)) {
            return create(flow, egress, isHalf);
        }
        final SpecMapping found = dynamic(inside, egress);
        if (found == null) {
            return create(flow, egress, isHalf);
        }
        final DropReason reason = tables.hostOf(found).refusal(terms.hostLimits(), nowS);
        return reason != DropReason.NONE ? Result.refused(reason) : new Result(found, reason);
    }

    private boolean isShared(final int protocol, final int egress) {
        return terms.sharesPorts(egress) && SpecProtocol.hasPorts(protocol);
    }

    /** The mapping of a forward, made if need be. A dynamic one between the same endpoints becomes the forward's. */
    Result ofForward(final PolicyTerms.Forward forward, final SpecEndpoint endpoint) {
        final SpecEndpoint outside = SpecTerms.mapped(forward, endpoint);
        final SpecEndpoint inside = SpecTerms.mapped(forward, SpecTerms.insideOf(forward, endpoint));
        final SpecMapping holder = tables.holders.get(outside);
        final boolean hasRoom = tables.hasRoomFor(forward);
        if (holder != null && holder.inside.equals(inside) && (holder.isStatic || hasRoom)) {
            if (!holder.isStatic && !holder.isCalled) {
                tables.makeStatic(holder, forward);
            }
            return new Result(holder, DropReason.NONE);
        }
        if (holder != null && holder.isResting()) {
            tables.remove(holder);
        }
        if (!hasRoom) {
            return Result.refused(DropReason.MAPPINGS_FULL);
        }
        final SpecMapping made = new SpecMapping(inside, outside, forward.egress(), true);
        tables.add(made, forward, terms.hostLimits(), nowS);
        return new Result(made, DropReason.NONE);
    }

    private Result create(final SpecFlow flow, final int egress, final boolean isHalf) {
        final SpecEndpoint inside = flow.from();
        final List<Integer> pool = terms.pool(egress);
        if (pool.isEmpty()) {
            return Result.refused(DropReason.PORTS_EXHAUSTED);
        }
        SpecHost host = tables.hosts.get(inside.address());
        final boolean needsPlace = host == null || host.ports() == 0;
        if (needsPlace && tables.dynamicHosts >= tables.sizes.hosts() && !endRestOfAHost()) {
            return Result.refused(DropReason.HOSTS_FULL);
        }
        host = tables.hosts.get(inside.address());
        if (host != null) {
            final DropReason reason = host.refusal(terms.hostLimits(), nowS);
            if (reason != DropReason.NONE) {
                return Result.refused(reason);
            }
            if (host.ports() >= terms.hostLimits().ports()) {
                return Result.refused(DropReason.HOST_PORTS_FULL);
            }
        }
        if (isFull() && tables.resting.isEmpty()) {
            return Result.refused(DropReason.MAPPINGS_FULL);
        }
        final SpecEndpoint outside = SpecProtocol.hasPorts(inside.protocol())
                ? outsideEndpoint(flow, egress, pool, isHalf)
                : outsideAddress(flow, egress, pool, isHalf);
        if (outside == null) {
            return Result.refused(DropReason.PORTS_EXHAUSTED);
        }
        if (isFull()) {
            endLongestRest();
        }
        final SpecMapping made = new SpecMapping(inside, outside, egress, false);
        made.isShared = isShared(inside.protocol(), egress);
        tables.add(made, null, terms.hostLimits(), nowS);
        return new Result(made, DropReason.NONE);
    }

    // ---- address and port

    /** The outside endpoint that a new mapping gets: the router's choice, within the rules; null when none is free. */
    private SpecEndpoint outsideEndpoint(
            final SpecFlow flow, final int egress, final List<Integer> pool, final boolean isHalf) {
        final SpecEndpoint inside = flow.from();
        final List<Integer> allowed = allowedAddresses(inside.address(), egress, pool);
        final SpecEndpoint chosen = allowed.size() == 1 ? null : choices.newEndpoint(flow, egress);
        final int address = allowed.size() == 1 ? allowed.getFirst() : chosen == null ? 0 : chosen.address();
        if (!allowed.contains(address)) {
            throw new SpecMismatch("%s got %s, allowed are the addresses %s"
                    .formatted(
                            inside,
                            chosen,
                            allowed.stream().map(SpecProtocol::address).toList()));
        }
        final SpecEndpoint same = new SpecEndpoint(inside.protocol(), address, inside.port());
        final boolean isSameKept = isFree(same) || isShared(inside.protocol(), egress) && mayShare(same, flow, isHalf);
        return isSameKept ? same : otherPort(flow, address, egress);
    }

    /**
     * The same of a protocol without ports, where an address may be that of several hosts. With another host's session
     * on it there is no choice to be seen, as the packet is refused.
     */
    private SpecEndpoint outsideAddress(
            final SpecFlow flow, final int egress, final List<Integer> pool, final boolean isHalf) {
        final List<Integer> allowed = allowedAddresses(flow.source(), egress, pool);
        final SpecEndpoint chosen = choices.newEndpoint(flow, egress);
        for (final int address : allowed) {
            final SpecFlow back = new SpecFlow(
                    flow.protocol(), flow.destination(), flow.destinationPort(), address, flow.sourcePort());
            final boolean isAnothers = tables.outer(isHalf).containsKey(back);
            if (allowed.size() == 1 || (chosen == null ? isAnothers : chosen.address() == address)) {
                return new SpecEndpoint(flow.protocol(), address, 0);
            }
        }
        throw new SpecMismatch("%s got %s, allowed is another address".formatted(flow.from(), chosen));
    }

    private List<Integer> allowedAddresses(final int host, final int egress, final List<Integer> pool) {
        final List<Integer> paired = pairedAddresses(host, egress);
        return paired.isEmpty() ? pool : paired;
    }

    /** The addresses that a host's mappings by an egress have: one, or two after the pool has changed. */
    private List<Integer> pairedAddresses(final int host, final int egress) {
        final List<Integer> addresses = new ArrayList<>();
        final SpecHost known = tables.hosts.get(host);
        if (known == null) {
            return addresses;
        }
        for (final SpecMapping mapping : known.mappings) {
            final int address = mapping.outside.address();
            if (mapping.egress == egress && terms.poolOf(address) == egress && !addresses.contains(address)) {
                addresses.add(address);
            }
        }
        return addresses;
    }

    /** RFC 7857 section 3: flows may share an outside endpoint when their remote endpoints differ. */
    private boolean mayShare(final SpecEndpoint outside, final SpecFlow flow, final boolean isHalf) {
        final int remotePort = flow.protocol() == SpecProtocol.ICMP ? outside.port() : flow.destinationPort();
        final SpecFlow back =
                new SpecFlow(flow.protocol(), flow.destination(), remotePort, outside.address(), outside.port());
        return tables.shared.containsKey(outside)
                && terms.forwardAt(outside) == null
                && !tables.holders.containsKey(outside)
                && !tables.outer(isHalf).containsKey(back);
    }

    private boolean isFree(final SpecEndpoint outside) {
        final boolean exists = outside.port() != 0 || outside.protocol() == SpecProtocol.ICMP;
        return exists
                && !tables.holders.containsKey(outside)
                && !tables.shared.containsKey(outside)
                && terms.forwardAt(outside) == null;
    }

    private static boolean isLow(final int protocol, final int port) {
        return protocol != SpecProtocol.ICMP && port < FIRST_HIGH_PORT;
    }

    /** RFC 4787 REQ-3a, RFC 6056: any free port of the class; a low one may become high, never the other way. */
    private SpecEndpoint otherPort(final SpecFlow flow, final int address, final int egress) {
        final SpecEndpoint inside = flow.from();
        final SpecEndpoint chosen = choices.newEndpoint(flow, egress);
        if (chosen == null) {
            if (!isExhausted(inside, address)) {
                throw new SpecMismatch("%s got no port".formatted(inside));
            }
            return null;
        }
        final boolean wasLow = isLow(inside.protocol(), inside.port());
        final boolean becomesLow = isLow(inside.protocol(), chosen.port());
        final boolean fits = chosen.address() == address
                && hasParity(inside, chosen)
                && (wasLow == becomesLow || wasLow && !hasFreeLowPort(inside.protocol(), address));
        if (!fits || !isFree(chosen)) {
            throw new SpecMismatch(
                    "%s got %s, which is held by %s".formatted(inside, chosen, tables.holders.get(chosen)));
        }
        return chosen;
    }

    /** RFC 4787 REQ-4: if the policy wants it, a UDP port stays odd or even while one of its class is free. */
    private boolean hasParity(final SpecEndpoint inside, final SpecEndpoint chosen) {
        if (!terms.switches().portParity() || inside.protocol() != SpecProtocol.UDP) {
            return true;
        }
        final int odd = inside.port() & 1;
        return (chosen.port() & 1) == odd
                || (isLow(SpecProtocol.UDP, chosen.port())
                        ? !hasFreePort(SpecProtocol.UDP, chosen.address(), odd, FIRST_HIGH_PORT, 2)
                        : !hasFreePort(SpecProtocol.UDP, chosen.address(), FIRST_HIGH_PORT + odd, END, 2));
    }

    private boolean hasFreeLowPort(final int protocol, final int address) {
        return hasFreePort(protocol, address, 1, FIRST_HIGH_PORT, 1);
    }

    private boolean hasFreePort(final int protocol, final int address, final int first, final int end, final int step) {
        for (int port = first; port < end; port += step) {
            if (isFree(new SpecEndpoint(protocol, address, port))) {
                return true;
            }
        }
        return false;
    }

    /** No port of an address is free that a flow from this endpoint may have. */
    private boolean isExhausted(final SpecEndpoint inside, final int address) {
        final boolean isAny = inside.protocol() == SpecProtocol.ICMP || isLow(inside.protocol(), inside.port());
        return !hasFreePort(inside.protocol(), address, isAny ? 0 : FIRST_HIGH_PORT, END, 1);
    }

    // ---- what gives way

    /** Of those that rest, ends the rest of one that rests for longest; false when nothing rests. */
    private boolean endLongestRest() {
        return endRest(mapping -> true);
    }

    /** The only mapping of some host. */
    private boolean endRestOfAHost() {
        return endRest(mapping -> tables.hostOf(mapping).ports() == 1);
    }

    private boolean endRest(final Predicate<SpecMapping> fits) {
        final List<SpecMapping> longest = new ArrayList<>();
        for (final SpecMapping mapping : tables.resting) {
            if (fits.test(mapping)) {
                if (!longest.isEmpty() && mapping.restsSinceS > longest.getFirst().restsSinceS) {
                    break;
                }
                longest.add(mapping);
            }
        }
        if (longest.isEmpty()) {
            return false;
        }
        final SpecMapping ended = longest.size() == 1 ? longest.getFirst() : choices.endedRest(longest);
        tables.portsReclaimed += SpecTimers.isRested(ended, nowS, terms.timeouts()) ? 0 : 1;
        tables.remove(ended);
        return true;
    }

    /** A closed session without which there might be room, or null. */
    private SpecSession closedInTheWay(final DropReason reason, final SpecEndpoint inside, final int egress) {
        if (reason == DropReason.MAPPINGS_FULL) {
            return longestClosed(session -> true);
        }
        if (reason == DropReason.HOST_SESSIONS_FULL) {
            return closedOfHost(inside, egress);
        }
        if (reason != DropReason.PORTS_EXHAUSTED || inside.protocol() != SpecProtocol.TCP) {
            return null;
        }
        final List<Integer> addresses = pairedAddresses(inside.address(), egress);
        return longestClosed(session -> !session.fromOutside && addresses.contains(session.outside.address()));
    }

    /** The closed session that is silent for longest, at least {@value #QUIET_S} s; null when there is none. */
    SpecSession longestClosed(final Predicate<SpecSession> fits) {
        final List<SpecSession> longest = new ArrayList<>();
        for (final SpecSession session : tables.closed) {
            final boolean isLater = !longest.isEmpty() && session.lastSeenS > longest.getFirst().lastSeenS;
            if (isLater || nowS - session.lastSeenS < QUIET_S) {
                break;
            }
            if (fits.test(session)) {
                longest.add(session);
            }
        }
        return longest.size() < 2 ? longest.isEmpty() ? null : longest.getFirst() : choices.ended(longest);
    }

    boolean hasClosed() {
        return longestQuietSince() >= QUIET_S;
    }

    private int longestQuietSince() {
        return tables.closed.isEmpty() ? -1 : nowS - tables.closed.iterator().next().lastSeenS;
    }

    void reclaim(final SpecSession session) {
        tables.sessionsReclaimed++;
        end(session);
    }

    // ---- ends

    /** Ends a mapping that was made for a session which could not be opened. */
    void dropUnused(final SpecMapping mapping) {
        if (mapping.sessions == 0 && !mapping.isResting()) {
            tables.remove(mapping);
        }
    }

    /** Ends a session, and with its mapping's last one the mapping; RFC 6888 REQ-8 for the port. */
    void end(final SpecSession session) {
        final SpecMapping mapping = session.mapping;
        tables.remove(session);
        mapping.mustRest |= session.state != SpecState.TCP_CLOSING && session.state != SpecState.TCP_CLOSED;
        if (mapping.sessions > 0) {
            return;
        }
        final boolean mayRest =
                mapping.mustRest && !mapping.isShared && SpecProtocol.hasPorts(mapping.outside.protocol());
        if (mayRest && terms.timeouts().portRestS() > 0 && isAllowed(mapping) && canBeDynamic(mapping)) {
            if (mapping.isStatic) {
                tables.makeDynamic(mapping);
            }
            tables.rest(mapping, nowS);
        } else {
            tables.remove(mapping);
        }
    }

    private boolean canBeDynamic(final SpecMapping mapping) {
        return !mapping.isStatic || !isFull() && tables.dynamicHosts < tables.sizes.hosts();
    }

    /** Whether there are as many dynamic mappings as there may be, resting ones included. */
    private boolean isFull() {
        return tables.dynamicMappings >= tables.sizes.mappings();
    }

    /** Ends every rest that is over. */
    void endRests() {
        for (final SpecMapping mapping : List.copyOf(tables.resting)) {
            if (SpecTimers.isRested(mapping, nowS, terms.timeouts())) {
                tables.remove(mapping);
            }
        }
    }
}
