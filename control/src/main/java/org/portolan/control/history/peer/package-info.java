/**
 * Several routers' histories become one: each serves its own to be read, reads those of its peers, and merges them.
 *
 * <pre>
 *   peer's thread                                    historian
 *   PeerReader, every 30 s
 *     PeerFetch: ls-refs, one fetch
 *       PackScan -- JGit's PackParser -- quarantine/
 *       HistoryCheck: all that is new
 *     Fetched ------------------------------------>  poll, adopt: boundary, pack, index, refs/remotes/PEER/primary
 *     waits until it is closed                       PeerMerge: a commit of ours, or nothing; what differs
 *                                                    primary moves with the batch; Fetched is closed
 *
 *   history-serve, and a thread for each client
 *   PeerServer -- PeerConnection -- JGit's upload-pack with the boundary told
 * </pre>
 *
 * <p>The public types are {@link org.portolan.control.history.peer.PeerServer}, {@link
 * org.portolan.control.history.peer.PeerReader} over {@link org.portolan.control.history.peer.PeerFetch}, {@link
 * org.portolan.control.history.peer.Fetched}, {@link org.portolan.control.history.peer.PeerMerge} and its {@link
 * org.portolan.control.history.peer.MergeResult}. Knows {@code record}, {@code store}, and of {@code retain} the
 * boundary.
 *
 * <p><b>What a peer may do to us.</b> Its pack is at most 256 MB, its objects as many as the heap has room for (500,000
 * in 256 MB), each at most 4 MB, a chain of deltas 32 MB, all of it 8 GB unpacked; every wait ends after 20 s, all of
 * it after 15 minutes. Of a history that is larger than the peer can give or we can take the last 10,000 commits are
 * asked for. What came is checked before anything of the history changes: git's own rules, the commits' form and times,
 * the schema, each new directory's and file's place, mode and content, stamps below 10^15, and that nothing is missing,
 * or here by chance. If anything is wrong the quarantine is deleted, and one sentence says peer, URL, what, and the way
 * out. A crash leaves a directory that {@link org.portolan.control.history.peer.PeerFetch#sweep} removes.
 *
 * <p><b>Boundaries.</b> A peer's boundary becomes ours only where its commits come without their parents. Where they
 * follow what is here, nothing is cut off here because it was cut off there.
 *
 * <p><b>What a client may do to us.</b> 8 connections, 4 from one address; 10 s for the first line, 30 s for each wait,
 * half an hour for all; 4 MB that it may say; packs of as many objects as half of the heap has room for. It sees {@code
 * primary} and the expiry branches as they were when it came, and may want these commits and no others.
 */
package org.portolan.control.history.peer;
