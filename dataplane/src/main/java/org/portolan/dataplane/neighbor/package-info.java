/**
 * Who is at the other end of the wire: from the next hop's address to the MAC that a frame is sent to.
 *
 * <p><b>Two halves.</b> Workers read {@link org.portolan.dataplane.neighbor.NeighborTable}, one word a neighbor, and
 * never wait: a usable word gives the MAC, an empty or incomplete one sends the frame to {@link
 * org.portolan.dataplane.neighbor.PendingFrames}, a failed one drops it. Control owns the table. It feeds {@link
 * org.portolan.dataplane.neighbor.NeighborMachine} with the workers' questions, with ARP packets ({@link
 * org.portolan.dataplane.neighbor.ArpFrames}) and with the time, and carries out what comes back. The machine reads no
 * clock and sends no frame, so every rule below is tested with a list of frames and a number for the time.
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
 * <li>RFC 826 also takes the word of whoever asks us something. Here that fills only what is empty: a host of the
 *     connected subnet is entered as stale, out of a purse of its own, and probed at its first use.</li>
 * <li>Nobody's word replaces a MAC that is held. Another MAC for a known address, in a reply, a request or an
 *     announcement, is a claim: the held MAC is asked by unicast. If it answers, the claim is refused and reported as
 *     disputed. If it stays silent for two tries, everybody is asked, and the answer moves the entry: a standby router
 *     takes over in about two seconds, and a forger must silence the true host first.</li>
 * <li>Never an address of ours, a broadcast, multicast or zero MAC, or a sender other than the frame's source.</li>
 * </ul>
 *
 * <p><b>How it lives.</b> An entry is reachable for 60 s after an answer, then stale and still usable. A stale entry
 * that a worker uses is probed by unicast, and answered probes make it reachable again: one frame a minute for a
 * neighbor in use, RFC 1122 2.3.2.1 (2). An idle one falls due after 20 minutes and is renewed by an answer once; the
 * next time it is asked again, and let go whatever it answers. So every end is a question first: {@code DUE}, then
 * {@code EXPIRED}.
 *
 * <p><b>What others remember.</b> A binding from an earlier run or from another router is entered as stale and probed
 * before anything rests on it; against a held MAC it is a claim like any other. Ten thousand at once are probed at the
 * pace of {@link org.portolan.dataplane.neighbor.RequestRate}, the ones in use first, and lookups go on beside them.
 *
 * <p><b>What a flood can do.</b> Entries, unresolved entries, unasked entries and requests a second are each bounded
 * ({@link org.portolan.dataplane.neighbor.NeighborLimits}). What is remembered leaves lookups their room. A new absent
 * host may push out the oldest absent one, nothing pushes out a live one.
 *
 * <p><b>Left out.</b> No probing before an own address is used (RFC 5227 2.1.1), see {@code OwnAddresses}. No InARP, no
 * RARP.
 */
package org.portolan.dataplane.neighbor;
