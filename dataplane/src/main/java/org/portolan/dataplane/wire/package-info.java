/**
 * What stands on the wire: one final class of static functions for each protocol, over an address.
 *
 * <p>The order inside is always the same: the RFC, the bit ruler, offsets, {@code check}, getters, setters,
 * {@code describe}. A test reads the rulers out of the sources and compares each field drawn with the constant of its
 * name.
 *
 * <h2>Check once</h2> {@code check} returns 0 or the code of a {@link org.portolan.dataplane.counter.DropReason}. After
 * a 0 no accessor can fail or read beyond the packet, so nothing below asks again. The order in which a frame is asked:
 * <pre>
 *  Ethernet.check -&gt; Arp.check
 *                 -&gt; Packet.parse = Ipv4.check -&gt; Udp.check | Tcp.check | Icmp.check
 *                                                          (Icmp.check also checks the packet that an error quotes)
 * </pre>
 * {@link org.portolan.dataplane.wire.Packet} keeps what was found: the headers' addresses and the flow. For an ICMP
 * error that is the flow of the packet it quotes, turned round, so that one look-up serves both.
 *
 * <h2>Sums</h2> {@link org.portolan.dataplane.wire.InternetChecksum} tells three things apart: a <em>sum</em> (folded,
 * not complemented), a <em>checksum</em> (as it stands in a header) and a <em>delta</em> (what a rewrite adds, RFC
 * 1624). A session holds the deltas of its rewrite; its packets' payload is never summed. The checksums of UDP and TCP
 * are not verified: an update keeps a wrong one wrong, and the receiver judges.
 *
 * <p>An update may come out as 0x0000. In UDP that says "none", and of an ICMP message that is all zeros it is wrong:
 * both get 0xFFFF there, which verifies the same. An IPv4 header and a TCP pseudo header are never all zeros, so 0x0000
 * is right in them and stays. A checksum that is computed from the whole range needs no such rule.
 *
 * <p>Fragments, VLAN tags but those of VLAN 0, and protocols other than UDP, TCP and ICMP are refused, each under its
 * reason.
 */
package org.portolan.dataplane.wire;
