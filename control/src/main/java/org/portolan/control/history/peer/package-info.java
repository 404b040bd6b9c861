/**
 * Several routers' histories become one: each serves its own to be read, reads those of its peers, and merges them.
 *
 * <pre>
 *   peer's thread                                    historian
 *   PeerReader, every 30 s
 *     PeerFetch: ls-refs, one fetch, to the disk
 *     in its turn, one peer at a time:
 *       PackScan -- JGit's PackParser -- quarantine/
 *       HistoryCheck: all that is new
 *     Fetched ------------------------------------>  poll, adopt: the batch reads it where it lies
 *     its turn lasts until it is closed              PeerMerge: a commit of ours, or nothing; what differs
 *                                                    then boundary, pack, index, primary and
 *                                                    refs/remotes/PEER/primary, with the batch; Fetched is closed
 *
 *   history-serve, and a thread for each client
 *   PeerServer -- PeerConnection -- JGit's upload-pack, which announces the boundary
 * </pre>
 *
 * <p>The public types are {@link org.portolan.control.history.peer.PeerServer}, {@link
 * org.portolan.control.history.peer.PeerReader} over {@link org.portolan.control.history.peer.PeerFetch}, {@link
 * org.portolan.control.history.peer.Fetched}, {@link org.portolan.control.history.peer.PeerMerge} and its {@link
 * org.portolan.control.history.peer.MergeResult}. Knows {@code record}, {@code store}, the
 * {@code boundary}, and of {@code pack} a commit's form and the shares of the heap.
 *
 * <p><b>What a peer may do to us.</b> Its pack is at most 256 MB, its objects as many as a fifth of the heap has room
 * for ({@link org.portolan.control.history.peer.PeerHeap}: 134,000 in 256 MB), each at most 4 MB, a chain of deltas 250
 * long and 32 MB, all of it 8 GB unpacked; every wait ends after 20 s, all of it after 15 minutes. What comes goes to
 * the disk, so a slow peer takes no heap, and not more than all may have there together
 * ({@link org.portolan.control.history.peer.FetchRoom}); then one peer's after the other is checked and merged. A turn
 * lasts a minute at most, walks through our own past included, and twice as long each time when that was not enough. A
 * directory has at most 1,024 realms, 4,096 segments or 16,384 blocks, a table 524,288 bindings. Whoever fails is asked
 * again later each time ({@link org.portolan.control.history.peer.Pace}). Of a history that is larger than the peer can
 * give or we can take the last 10,000 commits are asked for. What came is checked before anything of the history
 * changes: git's own rules, the commits' form and times, the schema, each new directory's and file's place, mode and
 * content, and that nothing is missing, or here by chance. If anything is wrong the quarantine is deleted, and one
 * sentence says peer, URL, what, and the way out. A crash leaves a directory that
 * {@link org.portolan.control.history.peer.PeerFetch#sweep} removes.
 *
 * <p><b>Boundaries.</b> A peer's boundary becomes ours only where its commits come without their parents. Where they
 * follow what is here, nothing is cut off here because it was cut off there.
 *
 * <p><b>What a client may do to us.</b> 8 connections, 2 from one address or one IPv6 link, 4 from this machine; 10 s
 * for the first line, 30 s for each wait, 120 s and a second more for each 4 KiB for all waits, half an hour for all; 4
 * MB that it may say. The packs that are being made take a fifth of the heap: small ones at once, one large one at a
 * time, which goes to the disk and from there to the client, at its own pace; next is the address that has had none for
 * longest. It sees {@code primary} and the expiry branches as they were when it came, and may want these commits and no
 * others.
 */
package org.portolan.control.history.peer;
