/**
 * The ARP cache that never forgets: every change of the neighbor table is a commit.
 *
 * <pre>
 *   control                                   historian
 *   NeighborMachine                           gathers for 200 ms, then one batch:
 *     changed --> HistoryFeed --> ring ------>  Scribe --> commits on primary
 *                     |         (mapped file)     |    --> commits on expiry branches, merged when all have answered
 *                     | ring full                 v
 *                 waits: one last state       Batch: one pack, fsynced; refs moved; then "written" is counted
 *                 for each binding
 * </pre>
 *
 * <p><b>Pressure.</b> Up to {@link org.portolan.control.history.Historian#CROWD} changes in a batch are a commit each.
 * Above it one commit carries many, cut where a binding would be spoken of twice, so nothing is lost. When half of
 * the largest batch is full, and when the ring is, intermediate states of one binding are skipped, and counted. Nobody
 * ever waits: reported = written + folded + coalesced + lost + waiting.
 *
 * <p><b>Floods.</b> Hosts' own words, which anybody can forge, go into the hour's mark ({@link
 * org.portolan.control.history.Claims}: "folded"). An interface that has used up its commits is written once a minute
 * ({@link org.portolan.control.history.Shares}).
 *
 * <p><b>Time.</b> The steady clock times, the wall clock labels ({@link org.portolan.control.history.Clocks}).
 *
 * <p><b>Refreshes.</b> A sign of life of a known binding is remembered in memory and written with the binding's next
 * change, or at the hour, or at the end. An idle network writes nothing.
 *
 * <p><b>Failure.</b> A batch that could not be made durable is undone in memory ({@link
 * org.portolan.control.history.Ledger#undo}) and tried again every 5 s: its changes stay in the ring. Written again
 * they make the same commits. Once primary has moved the batch is written: what fails behind that is tried again alone.
 *
 * <p><b>Inspection.</b> Each minute: do the refs point to something, are the packs whole, is what a pack had still
 * there when it is gone ({@link org.portolan.control.history.Inspection}).
 *
 * <p><b>Peers.</b> This router commits on its own line only: from {@code primary} back by first parents are the tables
 * that it had, and questions about time follow that line. What a peer brings ({@link
 * org.portolan.control.history.Meetings}) is a merge commit of ours, or nothing when our table stays as it is; only a
 * router that never wrote anything begins with a peer's line ({@link org.portolan.control.history.Seeding}).
 *
 * <p><b>Peers' shares.</b> What a meeting adds to the disk is charged to the peer ({@link
 * org.portolan.control.history.PeerShares}), and refused when that is more than is left. One that has used up three
 * quarters of its share is heard on our own segments only: its head is fetched alone, what we want of it is copied into
 * the batch, and the commit has one parent. So that retention can let go of what peers brought, all but the last head of
 * each becomes our past: by a merge, or by a commit that says that it brought nothing new.
 *
 * <p><b>Pins.</b> What this router's operators pinned is held in a file of its own ({@link
 * org.portolan.control.history.OwnPins}), where no peer writes; it is written before the batch that says the same. What
 * of a peer's table is taken, {@link org.portolan.control.history.peer.PeerFilter} says.
 *
 * <p><b>A look back.</b> At the start, after an hour and each day the historian reads the table at three past times:
 * read by cold code one takes three times as long, and the first question should not wait for the compiler; nor should
 * damage that lies far back wait to be asked for.
 *
 * <p>Below it: {@code record} (what is kept, and its join), {@code pack} (objects out of packs), {@code store} (the
 * repository), {@code query}, {@code retain} and {@code peer}.
 */
package org.portolan.control.history;
