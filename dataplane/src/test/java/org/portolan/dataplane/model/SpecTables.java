package org.portolan.dataplane.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.portolan.dataplane.policy.HostLimits;
import org.portolan.dataplane.policy.PolicyTerms;

/** Everything that the router remembers of its sessions: plain maps, and what is counted in them. */
final class SpecTables {
    private record Inside(SpecEndpoint endpoint, int egress) {}

    final SpecSizes sizes;
    final Map<SpecFlow, SpecSession> fromInside = new HashMap<>();
    final Map<SpecFlow, SpecSession> fromOutside = new HashMap<>();

    /** Halves of hairpins, by the flows between the two halves. */
    final Map<SpecFlow, SpecSession> between = new HashMap<>();

    /** Who holds each outside endpoint. */
    final Map<SpecEndpoint, SpecMapping> holders = new HashMap<>();

    /** How many mappings of single flows have an outside endpoint. */
    final Map<SpecEndpoint, Integer> shared = new HashMap<>();

    /** Dynamic mappings by inside endpoint; after a change of the policy an old one may rest beside a new one. */
    private final Map<Inside, List<SpecMapping>> dynamic = new HashMap<>();

    final Map<Integer, SpecHost> hosts = new HashMap<>();

    /** Mappings that rest, in the order in which they began to. */
    final Set<SpecMapping> resting = new LinkedHashSet<>();

    /** Sessions that are closed, in the order of their last packets. */
    final Set<SpecSession> closed = new LinkedHashSet<>();

    private final Map<PolicyTerms.Forward, SpecSlot> slots = new HashMap<>();
    private int staticMappings;
    private int slotsInUse;
    private final Map<Integer, Integer> outsideByRemote = new HashMap<>();
    private int mappings;
    int dynamicMappings;
    int dynamicHosts;
    int outsideSessions;
    long portsReclaimed;
    long sessionsReclaimed;

    SpecTables(final SpecSizes sizes) {
        this.sizes = sizes;
    }

    int sessions() {
        return fromInside.size();
    }

    boolean isFull() {
        return sessions() >= sizes.sessions();
    }

    int liveMappings() {
        return mappings - resting.size();
    }

    /** Sessions that a remote address has opened. */
    int outsideSessionsOf(final int remote) {
        return outsideByRemote.getOrDefault(remote, 0);
    }

    // ---- mappings

    /** Dynamic mappings of an inside endpoint by an egress. */
    List<SpecMapping> dynamicOf(final SpecEndpoint inside, final int egress) {
        return dynamic.getOrDefault(new Inside(inside, egress), List.of());
    }

    SpecHost hostOf(final SpecMapping mapping) {
        return hosts.get(mapping.inside.address());
    }

    SpecHost hostFor(final int address, final HostLimits limits, final int nowS) {
        return hosts.computeIfAbsent(address, any -> new SpecHost(limits, nowS));
    }

    /** @param forward that a static one is of, or null */
    void add(final SpecMapping mapping, final PolicyTerms.Forward forward, final HostLimits limits, final int nowS) {
        mappings++;
        if (mapping.isShared) {
            shared.merge(mapping.outside, 1, Integer::sum);
        } else if (mapping.isWhole() || SpecProtocol.hasPorts(mapping.outside.protocol())) {
            holders.put(mapping.outside, mapping);
        }
        final SpecHost host = hostFor(mapping.inside.address(), limits, nowS);
        if (mapping.isStatic) {
            host.forwards++;
            takeSlot(mapping, forward);
        } else {
            addDynamic(mapping, host);
        }
    }

    private void addDynamic(final SpecMapping mapping, final SpecHost host) {
        dynamicHosts += host.mappings.isEmpty() ? 1 : 0;
        host.mappings.add(mapping);
        dynamicMappings++;
        if (mapping.isShared) {
            return;
        }
        dynamic.computeIfAbsent(new Inside(mapping.inside, mapping.egress), any -> new ArrayList<>())
                .add(mapping);
    }

    private void removeDynamic(final SpecMapping mapping, final SpecHost host) {
        host.mappings.remove(mapping);
        dynamicHosts -= host.mappings.isEmpty() ? 1 : 0;
        dynamicMappings--;
        if (mapping.isShared) {
            return;
        }
        final Inside key = new Inside(mapping.inside, mapping.egress);
        final List<SpecMapping> all = dynamic.get(key);
        all.remove(mapping);
        if (all.isEmpty()) {
            dynamic.remove(key);
        }
    }

    /** A dynamic mapping becomes a forward's. */
    void makeStatic(final SpecMapping mapping, final PolicyTerms.Forward forward) {
        wake(mapping);
        final SpecHost host = hostOf(mapping);
        removeDynamic(mapping, host);
        host.forwards++;
        takeSlot(mapping, forward);
        mapping.isStatic = true;
    }

    /** A forward's mapping, whose forward is gone, becomes a dynamic one. */
    void makeDynamic(final SpecMapping mapping) {
        final SpecHost host = hostOf(mapping);
        host.forwards--;
        freeSlot(mapping);
        addDynamic(mapping, host);
        mapping.isStatic = false;
    }

    void remove(final SpecMapping mapping) {
        wake(mapping);
        mappings--;
        holders.remove(mapping.outside, mapping);
        if (mapping.isShared) {
            shared.computeIfPresent(mapping.outside, (outside, count) -> count == 1 ? null : count - 1);
        }
        final SpecHost host = hostOf(mapping);
        if (mapping.isStatic) {
            host.forwards--;
            freeSlot(mapping);
        } else {
            removeDynamic(mapping, host);
        }
        if (host.isGone()) {
            hosts.remove(mapping.inside.address());
        }
    }

    void rest(final SpecMapping mapping, final int nowS) {
        mapping.rest(nowS);
        resting.add(mapping);
    }

    void wake(final SpecMapping mapping) {
        mapping.wake();
        resting.remove(mapping);
    }

    // ---- what is counted for each forward

    /** The first endpoints of a forward: with these it goes on under another policy. */
    private static PolicyTerms.Forward key(final PolicyTerms.Forward forward) {
        return new PolicyTerms.Forward(
                0,
                forward.protocol(),
                forward.externalAddress(),
                forward.externalPort(),
                forward.internalAddress(),
                forward.internalPort(),
                1,
                false);
    }

    /** What a forward has, or null without a mapping. */
    SpecSlot slotOf(final PolicyTerms.Forward forward) {
        return slots.get(key(forward));
    }

    /** Each forward has room for a mapping, and all together for some more. */
    boolean hasRoomFor(final PolicyTerms.Forward forward) {
        return slotOf(forward) == null || staticMappings - slotsInUse < sizes.furtherOfForwards();
    }

    private void takeSlot(final SpecMapping mapping, final PolicyTerms.Forward forward) {
        mapping.slot = slots.computeIfAbsent(key(forward), any -> new SpecSlot());
        slotsInUse += mapping.slot.mappings == 0 ? 1 : 0;
        mapping.slot.mappings++;
        staticMappings++;
    }

    private void freeSlot(final SpecMapping mapping) {
        staticMappings--;
        mapping.slot.mappings--;
        if (mapping.slot.mappings == 0) {
            slotsInUse--;
            slots.values().remove(mapping.slot);
        }
        mapping.slot = null;
    }

    /** What a forward that is gone has counts for no other one, even if it comes back. */
    void keepSlots(final List<PolicyTerms.Forward> forwards) {
        slots.keySet().retainAll(forwards.stream().map(SpecTables::key).toList());
    }

    private void addOutsideSession(final SpecMapping mapping, final int more) {
        outsideSessions += more;
        if (mapping.slot != null) {
            mapping.slot.outsideSessions += more;
        }
    }

    // ---- sessions

    void add(final SpecSession session, final HostLimits limits) {
        final SpecMapping mapping = session.mapping;
        wake(mapping);
        mapping.sessions++;
        mapping.all.add(session);
        mapping.isCalled |= session.fromOutside && !mapping.isStatic;
        fromInside.put(session.insideFlow(), session);
        outer(session).put(session.outsideFlow(), session);
        if (session.fromOutside) {
            addOutsideSession(mapping, 1);
            outsideByRemote.merge(session.remote.address(), 1, Integer::sum);
        } else {
            hostOf(mapping).opened(limits);
        }
    }

    private Map<SpecFlow, SpecSession> outer(final SpecSession session) {
        return outer(session.isHalf);
    }

    /** Sessions by the flows of what comes back. */
    Map<SpecFlow, SpecSession> outer(final boolean isHalf) {
        return isHalf ? between : fromOutside;
    }

    void remove(final SpecSession session) {
        final SpecMapping mapping = session.mapping;
        mapping.sessions--;
        mapping.all.remove(session);
        mapping.isCalled &= mapping.sessions > 0;
        fromInside.remove(session.insideFlow());
        outer(session).remove(session.outsideFlow());
        closed.remove(session);
        if (session.fromOutside) {
            addOutsideSession(mapping, -1);
            outsideByRemote.computeIfPresent(
                    session.remote.address(), (remote, count) -> count == 1 ? null : count - 1);
        } else {
            hostOf(mapping).sessions--;
        }
    }
}
