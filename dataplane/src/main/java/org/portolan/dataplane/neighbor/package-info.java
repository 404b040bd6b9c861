/**
 * Who is at the other end of the wire: from the next hop's address to the MAC that a frame is sent to.
 *
 * <p><b>Two halves.</b> Workers read {@link org.portolan.dataplane.neighbor.NeighborTable}, one word a neighbor, and
 * never wait: a usable word gives the MAC, an empty, incomplete or unconfirmed one sends the frame to {@link
 * org.portolan.dataplane.neighbor.PendingFrames}, which queues it in the worker's frame pool, a failed one drops it.
 * Control owns the table. It feeds {@link org.portolan.dataplane.neighbor.NeighborMachine} with the workers' questions,
 * with ARP packets ({@link org.portolan.dataplane.neighbor.ArpFrames}) and with the time, and carries out what comes
 * back. The machine reads no clock and sends no frame, so every rule below is tested with a list of frames and a number
 * for the time.
 *
 * <pre>
 *   worker                                           control
 *   lookup ---- word ----------- NeighborTable &lt;---- publish, clear
 *     |  usable: send, markUsed - NeighborUse -----&gt; lastUsedS     |
 *     |  none, incomplete: PendingFrames --- punt --&gt; query        |
 *     +- ARP frame ------------------------- punt --&gt; input --&gt; NeighborMachine &lt;-- tick
 *        request, reply, announcement &lt;---- inject -- send... &lt;----+
 * </pre>
 *
 * <p><b>What is learned</b> (the states are the table at {@link org.portolan.dataplane.neighbor.NeighborState}):
 * <ul>
 * <li>The answer to an open question, from the address that was asked, to an address of ours.</li>
 * <li>RFC 826 also believes a host that asks us something. Here that fills only what is empty: a host of the
 *     connected subnet is entered as stale, out of a quota of its own, and probed at its first use.</li>
 * <li>Nobody's word replaces a MAC that is held. Another MAC for a known address, in a reply, a request or an
 *     announcement, is a claim; the next paragraph says what is done about it.</li>
 * <li>The ARP packet says who the sender is, not the frame around it: with VRRP, CARP and HSRP a packet of the virtual
 *     MAC may come in a frame of the router's own (RFC 826; RFC 5798 8.1.2). A frame's source is as easily forged as
 *     its content, so nothing is lost by it. Replies go to the sender that the packet names.</li>
 * <li>Never an address of ours, nor a broadcast, multicast or zero MAC.</li>
 * </ul>
 *
 * <p><b>Claims</b> ({@link org.portolan.dataplane.neighbor.NeighborClaims}). The held MAC is asked by unicast, twice in
 * a second. If it answers, the claim is refused and reported as disputed. If it stays silent, everybody is asked, and
 * the answer moves the entry: a standby router takes over in about a second, and a forger must silence the true host
 * first. A claim that comes during a look takes the place of the older one; a claim that comes too soon is looked at as
 * soon as the pace lets it: once a second, with a few in reserve, so that a forgery does not delay the look at the true
 * fail-over behind it, nor a fail-over the look at the way back. When claims are repeated, everybody is asked at once
 * and the answers are collected. If both MACs answer, the address is contested: marked, reported, and given to the one
 * that {@link org.portolan.dataplane.neighbor.Contested} says. No claim touches a static entry.
 *
 * <p><b>How it lives</b> ({@link org.portolan.dataplane.neighbor.NeighborAging}). An entry is reachable for 60 s after
 * an answer, then stale and still usable. A stale entry that a worker uses is probed by unicast, and answered probes
 * make it reachable again: one frame a minute for a neighbor in use, RFC 1122 2.3.2.1 (2). An idle one falls due after
 * 20 minutes and is renewed by an answer once; the next time it is asked again, and let go whatever it answers. So
 * every end is a question first: {@code DUE}, then {@code EXPIRED}. A host that announces itself while its address is
 * asked for, or was given up although workers want it, is asked at once.
 *
 * <p><b>What others remember.</b> A binding from an earlier run or from another router is entered as unconfirmed, and
 * no frame is sent to it before it answers. It is probed by unicast in the background. The first frame for it waits
 * while the remembered MAC and everybody are asked at the same time, and the first answer counts: a gateway that
 * changed its MAC meanwhile costs one round trip. Against a held MAC, another router's word is a claim like any other.
 * Ten thousand at once are probed at the pace of {@link org.portolan.dataplane.neighbor.RequestRate}, and lookups go on
 * beside them.
 *
 * <p><b>What a flood can do.</b> Entries, unresolved entries, unasked entries and requests a second are each bounded
 * ({@link org.portolan.dataplane.neighbor.NeighborLimits}). What is remembered leaves lookups their room. A new absent
 * host may push out the oldest absent one, nothing pushes out a live one. One host that sweeps the subnet gets of open
 * lookups, of requests a second and of waiting frames as much as is left for all others, which is half; n of them leave
 * one part in n + 1. Limits that refuse something are reported, with the host that asked.
 *
 * <p><b>Left out.</b> No probing before an own address is used (RFC 5227 2.1.1), see {@code OwnAddresses}. No InARP, no
 * RARP.
 */
package org.portolan.dataplane.neighbor;
