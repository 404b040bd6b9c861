package org.portolan.dataplane.neighbor;

import org.portolan.dataplane.wire.Arp;

/**
 * What one {@link NeighborMachine} makes of the ARP packets that it hears: whom to answer, whom to believe. Control
 * only.
 */
final class NeighborHearing {
    private final OwnAddresses own;
    private final NeighborTimers timers;
    private final NeighborActions actions;
    private final NeighborEntries entries;
    private final NeighborLife life;
    private final NeighborClaims claims;

    NeighborHearing(
            final OwnAddresses own,
            final NeighborTimers timers,
            final NeighborActions actions,
            final NeighborEntries entries,
            final NeighborLife life,
            final NeighborClaims claims) {
        this.own = own;
        this.timers = timers;
        this.actions = actions;
        this.entries = entries;
        this.life = life;
        this.claims = claims;
    }

    /** See {@link NeighborMachine#input}. */
    void input(
            final int operation,
            final long senderMac,
            final int senderAddress,
            final int targetAddress,
            final long ethernetSource,
            final long nowMs) {
        if (senderMac == own.mac() || ethernetSource == own.mac()) {
            count(NeighborCounter.IGNORED_OWN);
        } else if (own.isOurs(senderAddress) && OwnAddresses.isHostMac(senderMac)) {
            onConflict(senderAddress, senderMac, nowMs);
        } else if (!isSender(operation, senderMac, senderAddress)) {
            count(NeighborCounter.IGNORED_INVALID);
        } else {
            if (ethernetSource != senderMac) {
                count(NeighborCounter.OTHER_SOURCE);
            }
            if (operation == Arp.REQUEST) {
                onRequest(senderMac, senderAddress, targetAddress, nowMs);
            } else {
                onReply(senderMac, senderAddress, targetAddress, nowMs);
            }
        }
    }

    /** Address 0 is a host that probes before it takes an address (RFC 5227 2.1.1), and only asks. */
    private boolean isSender(final int operation, final long mac, final int address) {
        return OwnAddresses.isHostMac(mac)
                && (address == 0 && operation == Arp.REQUEST || address != 0 && own.canBeNeighbor(address));
    }

    private void onConflict(final int address, final long mac, final long nowMs) {
        count(NeighborCounter.CONFLICTS);
        if (own.defend(address, nowMs, actions)) {
            count(NeighborCounter.ANNOUNCEMENTS_SENT);
            actions.conflict(address, mac);
        }
    }

    /** The reply goes to the sender that the packet names, whichever MAC its frame came from (RFC 826). */
    private void onRequest(final long mac, final int sender, final int target, final long nowMs) {
        final NeighborEntry entry = sender == 0 ? null : entries.of(sender);
        if (!own.isOurs(target)) {
            count(NeighborCounter.OVERHEARD);
            if (entry != null) {
                onHeard(entry, mac, nowMs);
            }
            return;
        }
        count(NeighborCounter.REPLIES_SENT);
        actions.sendReply(mac, sender, target);
        if (entry != null) {
            onAskedBy(entry, mac, nowMs);
        } else if (sender != 0 && !own.isSubnetHost(sender)) {
            count(NeighborCounter.IGNORED_OFF_SUBNET);
        } else if (sender != 0 && entries.isUnaskedAllowed(sender, nowMs)) {
            final NeighborEntry made = entries.admit(sender, mac, NeighborState.STALE, sender, nowMs);
            if (made != null) {
                afterUnasked(made, nowMs);
            }
        }
    }

    /**
     * RFC 826 would take any sender's word. Here a request to us answers our open question, and fills only what is
     * empty.
     */
    private void onAskedBy(final NeighborEntry entry, final long mac, final long nowMs) {
        if (entry.state == NeighborState.INCOMPLETE) {
            life.onAnswer(entry, mac, nowMs);
        } else if (entry.state != NeighborState.FAILED) {
            onHeard(entry, mac, nowMs);
        } else if (entries.isUnaskedAllowed(entry.address, nowMs)) {
            entry.mac = mac;
            entries.enter(entry, NeighborState.STALE, nowMs);
            afterUnasked(entry, nowMs);
        }
    }

    private void afterUnasked(final NeighborEntry entry, final long nowMs) {
        entries.unasked(entry, true);
        entry.heardMs = nowMs;
        entries.schedule(entry, nowMs + timers.useCheckMs());
        actions.changed(NeighborChange.LEARNED, NeighborReason.ASKED_US, entry.address, 0, entry.mac);
    }

    private void onReply(final long mac, final int sender, final int target, final long nowMs) {
        final NeighborEntry entry = entries.of(sender);
        if (entry != null && own.isOurs(target) && isAsked(entry, mac)) {
            if (entry.state == NeighborState.PROBING) {
                claims.onAnswer(entry, mac, nowMs);
            } else {
                life.onAnswer(entry, mac, nowMs);
            }
            return;
        }
        count(NeighborCounter.IGNORED_UNSOLICITED);
        if (entry != null) {
            onHeard(entry, mac, nowMs);
        }
    }

    /** Whether this MAC was asked for that address: each by a broadcast, one by unicast. */
    private static boolean isAsked(final NeighborEntry entry, final long mac) {
        return switch (entry.state) {
            case NeighborState.INCOMPLETE -> true;
            case NeighborState.PROBING ->
                entry.mac == mac || entry.isClaimOpen() && entry.dispute().asksEverybody();
            case NeighborState.UNCONFIRMED -> entry.mac == mac && entry.doubt == null;
            default -> false;
        };
    }

    /**
     * A frame announced a binding that nobody asked for: a sign of life of the held MAC, or a claim against it. What is
     * not confirmed yet is asked for at once, and what does not answer is asked again.
     */
    private void onHeard(final NeighborEntry entry, final long mac, final long nowMs) {
        if (entry.state == NeighborState.UNCONFIRMED) {
            life.lookUp(entry.address, entry.address, nowMs);
        } else if (entry.isUnresolved()) {
            claims.hearUnresolved(entry, mac, nowMs);
        } else if (entry.state == NeighborState.STATIC) {
            if (entry.mac != mac) {
                claims.hearAgainstStatic(entry, mac, nowMs);
            }
        } else if (entry.isHeld()) {
            if (entry.mac == mac) {
                entry.heardMs = nowMs;
            } else {
                claims.hear(entry, mac, nowMs);
            }
        }
    }

    private void count(final NeighborCounter counter) {
        entries.count(counter, 1);
    }
}
