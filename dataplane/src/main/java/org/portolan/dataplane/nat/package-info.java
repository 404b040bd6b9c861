/**
 * Network address translation: which session a packet belongs to, and the rewriting of its addresses, ports and
 * checksums in place.
 *
 * <p>Start with {@link org.portolan.dataplane.nat.Nat}: the whole stage is its {@code find}, {@code open} and
 * {@code translate}. The tables are off-heap, fixed at start, and owned by one worker thread; a second thread reads
 * sessions through {@link org.portolan.dataplane.nat.SessionReader} and the counts, and writes nothing. What may change
 * while the router runs comes as a {@link org.portolan.dataplane.policy.Policy}, and with it the memory of the outside
 * addresses' ports, which control owns ({@link org.portolan.dataplane.nat.PolicyKeeper}). No clock is read here:
 * seconds come in as arguments.
 *
 * <h2>The tables</h2>
 * <pre>
 * original flow                                     reply flow (inside:port &gt; remote:port, protocol, realm)
 * (remote:port &gt; outside:port, protocol, outside of realm) |                                              |
 * +---------- one BucketIndex, 2 x 8 B ----------+ v  session and direction session line, 64 B (SessionLayout)   +
 * companion, 32 B (CompanionLayout)   +   last-seen word, 4 B | v mapping index (inside:port, protocol, realm, egress)
 * --&gt; mapping record, 40 B (MappingLayout) &lt;-- one cell for each outside port BucketIndex, 8 B
 * |     with its companion            4 B v host index (inside, realm) --&gt; host record, 64 B for 8 mappings
 * (HostLayout)
 * </pre>
 * A session is a mapping used with one remote endpoint. On a forward it is the reply that comes from inside. A packet
 * that has one of the flows becomes the other one turned round. An established packet touches one bucket and one line,
 * in either direction, a TCP segment also the companion, and once a second the session's last-seen word; mappings and
 * hosts are looked at only when a session opens or ends. With a mapping of its own a session costs 175 bytes, and each
 * outside address 811 KB for its port cells and bitmaps, and 64 bytes for {@link
 * org.portolan.dataplane.nat.PoolCounts}. The counts of remote addresses are in it: 12 bytes for each session that the
 * outside may open, a quarter of all.
 *
 * <p>A static rule of the policy has a mapping for each of its ports that has sessions, or one for a whole address. It
 * is found through the rule and the cell of its port, from both sides, so it is not in the mapping index.
 *
 * <h2>What outlives the process</h2> Three slabs may be files ({@link org.portolan.dataplane.nat.TableMemory}):
 * sessions with their companions, mappings, hosts. Their records are the truth; each layout says which of its fields
 * are derived. The word that says a record is there is written last, with release. When a process finds what another
 * one left, {@link org.portolan.dataplane.nat.Rebuild} makes everything else from the three.
 *
 * <h2>What passes</h2>
 * <table>
 * <caption>a packet and its fate</caption>
 * <tr><th>packet</th><th>from inside</th><th>from outside</th></tr>
 * <tr><td>of a session</td><td>translated, refreshes</td><td>translated, refreshes</td></tr>
 * <tr><td>first UDP</td><td>opens</td><td>opens on a static rule, or on a mapping whose filter lets it in</td></tr>
 * <tr><td>first ICMP query (echo, timestamp)</td><td>opens</td><td>opens on a whole address</td></tr>
 * <tr><td>first TCP</td><td>opens, unless RST or SYN+ACK</td><td>as UDP, if a plain SYN</td></tr>
 * <tr><td>first of another protocol, but AH</td><td>opens, unless another host speaks it to that remote</td>
 * <td>opens on a whole address</td></tr>
 * <tr><td>ICMP error about a session, to the source of the packet that it quotes</td><td>translated only</td>
 * <td>translated only</td></tr>
 * <tr><td>anything else</td><td>a reason</td><td>a reason</td></tr>
 * </table>
 *
 * <p>Of a datagram in fragments {@link org.portolan.dataplane.nat.Fragments} remembers what the first one became, since
 * the later ones have no ports; the worker's {@code FragmentStage} is their way.
 *
 * <h2>Behavior</h2>
 * <ul>
 * <li>Mapping is endpoint-independent for each egress: a flow takes only addresses of the interface that it leaves by.
 * An inside host has one address of an egress's pool, chosen by a keyed hash and kept as long as one of its mappings
 * has it; when that one has no free port left, the flow is refused, or gets a port of another address of the pool, as
 * the policy says ({@link org.portolan.dataplane.policy.Switches}).
 * <li>The source port is kept when it is free, otherwise one is picked at random within its class (below 1024, or not).
 * When every port below 1024 is taken, a high one is. A UDP port keeps its parity if the policy wants that. Only ports
 * of blocks that the worker owns are taken ({@link org.portolan.dataplane.nat.PortBlocks}).
 * <li>The outside port of a static rule is nobody else's as long as the rule is there, and rules have room for mappings
 * and hosts beside all others, so an inside flood takes nothing from a forward.
 * <li>A port rests after its last session and is refused to others for that time, unless all of its sessions were
 * TCP seen to close. Rest is the only thing that ends early under pressure, the longest rested first, counted in
 * {@link org.portolan.dataplane.nat.NatCounts#portsReclaimed}.
 * <li>A TCP session that both sides have closed keeps its port for the closing timer, unless a new flow finds no port
 * or no room: then the longest silent one gives way, counted in
 * {@link org.portolan.dataplane.nat.NatCounts#sessionsReclaimed}. No other session and no live mapping is ever evicted.
 * <li>A TCP segment outside the window of its connection changes nothing about its session ({@link
 * org.portolan.dataplane.nat.TcpWindow}, {@link org.portolan.dataplane.nat.WindowCheck}).
 * <li>Inbound packets of a session refresh it, unless the policy says otherwise. That is not the hole of RFC 4787
 * REQ-6, since the filter has let only the known remote endpoint through. ICMP errors never refresh.
 * <li>What the outside opens on forwards is limited for each remote, for each forward and as a whole, the last part of
 * the table is the inside's alone ({@link org.portolan.dataplane.policy.OutsideLimits}), and the timer is short until
 * the inside has answered.
 * <li>What one inside host has and does is limited ({@link org.portolan.dataplane.policy.HostLimits}): sessions that it
 * opened, ports, new sessions a second. At its limit of sessions its own closed ones give way first.
 * <li>Each keyed use has its own 128-bit secret ({@link org.portolan.dataplane.nat.NatSecrets}): the flow hash, the
 * ports, the paired address, the count of remotes, the table of hosts.
 * </ul>
 *
 * <p>A packet from inside to an outside address of this router belongs to two sessions ({@link
 * org.portolan.dataplane.nat.HairpinSessions}).
 */
package org.portolan.dataplane.nat;
