/**
 * From an address to a wire: routes, next hops, TTL, MTU, fragmenting, and what the router has to say for itself (ping,
 * ICMP errors, TCP resets), each limited and fair by host ({@link org.portolan.dataplane.forward.HostRateLimit}).
 *
 * <p>{@link org.portolan.dataplane.forward.Forwarder} works in two halves around the translation. Planning writes into
 * the packet's record and nowhere else, so it also answers what would become of a packet. What can be refused is
 * refused before anything in the packet is changed and before it has taken a session, so an ICMP error quotes the
 * packet as its sender made it (RFC 1812 4.3.2.3) and a packet that goes nowhere costs nothing. Between the halves the
 * plan stands in the packet's record ({@link org.portolan.dataplane.forward.Transit}). The TTL is decremented where
 * the header is written: with the addresses of a translated packet, and in the second half for one that keeps its
 * addresses.
 */
package org.portolan.dataplane.forward;
