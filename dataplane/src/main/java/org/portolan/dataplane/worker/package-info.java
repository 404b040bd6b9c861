/**
 * The threads that carry packets. {@link org.portolan.dataplane.worker.Worker} is the duty cycle,
 * {@link org.portolan.dataplane.worker.Pipeline} one batch's way through the stages, and
 * {@link org.portolan.dataplane.worker.Departures} their end: what leaves, what waits, what is lost.
 *
 * <p>A worker owns its sessions, its port allocator, the frames in its rings and its {@link
 * org.portolan.dataplane.io.FramePool}. It reads what control owns (neighbors, the policy) without a lock and learns of
 * changes at a batch border.
 *
 * <p>What one stage finds out about a packet stands in the packet's record, {@link
 * org.portolan.dataplane.forward.Transit}, which goes from stage to stage; the batch's time goes in parameters. No
 * stage keeps anything of a packet in a field of its own, but for one cache: {@link
 * org.portolan.dataplane.forward.Forwarder} keeps the last route, and compares it with the next packet's destination.
 *
 * <h2>Where to look</h2>
 * <table>
 * <caption>questions of a newcomer</caption>
 * <tr><th>question</th><th>answer</th></tr>
 * <tr><td>What happens to a packet without a session, from inside or outside?</td>
 * <td>the table of {@link org.portolan.dataplane.worker.Admission}</td></tr>
 * <tr><td>Where is the TTL decremented?</td><td>in {@link org.portolan.dataplane.wire.Ipv4#forward}, with the addresses
 * of a translated packet; {@link org.portolan.dataplane.wire.Ipv4#decrementTtl} does it for one that keeps its
 * addresses</td></tr>
 * <tr><td>Who may write a session's state?</td><td>this thread, through {@code nat/SessionLife}: {@code begin} when it
 * opens, {@code track} for a packet of it, {@code end}</td></tr>
 * <tr><td>Who owns a frame's bytes?</td><td>the table of {@link org.portolan.dataplane.io.FrameOwner}</td></tr>
 * <tr><td>What does the sender of a dropped packet hear?</td><td>the table below</td></tr>
 * <tr><td>What happens to a fragment?</td>
 * <td>the table of {@link org.portolan.dataplane.worker.FragmentStage}</td></tr>
 * </table>
 *
 * <h2>Who may send what</h2> {@link org.portolan.dataplane.worker.Classifier} drops what needs no look-up, {@link
 * org.portolan.dataplane.worker.IngressFilter} judges the source of every packet without a session and of every ICMP
 * error. {@link org.portolan.dataplane.worker.Admission} judges the packet without a session, its way out included, and
 * changes nothing. Only then is a session, a mapping or a port taken, in either direction.
 *
 * <h2>Which refusals get an answer</h2>
 * <table>
 * <caption>what the sender of a dropped packet hears; all of it limited, fairly by host</caption>
 * <tr><th>why</th><th>inside</th><th>outside</th></tr>
 * <tr><td>TTL ran out</td><td>11/0</td><td>11/0</td></tr>
 * <tr><td>too big, may not be fragmented</td><td>3/4</td><td>3/4</td></tr>
 * <tr><td>no route, egress down</td><td>3/0</td><td>nothing</td></tr>
 * <tr><td>next hop does not answer</td><td>3/1</td><td>nothing</td></tr>
 * <tr><td>no free session, mapping or port; a protocol without ports, spoken to that host by another one</td><td>3/1 or
 * 3/13, a setting</td><td>nothing</td></tr>
 * <tr><td>nothing listens on the router's own port</td><td>3/3</td><td>nothing</td></tr>
 * <tr><td>TCP outside the window of its connection, if that is dropped</td><td>never dropped</td>
 * <td>nothing</td></tr>
 * <tr><td>SYN to a port that nothing is mapped to</td><td>does not occur</td><td>nothing, or 3/3 after 6 s, a
 * setting</td></tr>
 * <tr><td>TCP of no session, not a SYN</td><td>RST and SYN+ACK: nothing; any other is carried and opens one</td>
 * <td>nothing or RST, a setting</td></tr>
 * </table>
 * The outside hears only what it needs to get through; an unreachable would tell it what is up and down inside.
 *
 * <h2>Who may call what</h2>
 *
 * <table>
 * <caption>callers</caption>
 * <tr><th>on the worker's thread</th><th>from control</th></tr>
 * <tr><td>doWork, every onX</td><td>handOver, takeLeaving, latency().drainIdle() and
 * swappedNs(), counters(), nat().reader()</td></tr>
 * </table>
 */
package org.portolan.dataplane.worker;
