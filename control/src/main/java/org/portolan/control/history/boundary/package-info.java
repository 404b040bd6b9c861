/**
 * git's own boundary, behind which a history is not kept: commits named in the file {@code shallow} are read as if they
 * had no parents. The file, and what JGit does not tell its clients of it. Knows JGit's repository and nothing of the
 * router.
 *
 * <p><b>What JGit 7.8.1 and stock git 2.39 do over a boundary that moves</b>, each line a test in
 * {@code ShallowBoundaryTest} or {@code ReadersTest}:
 * <ul>
 * <li>JGit's walks, its PackWriter and its collector stop at the boundary and do not miss what is behind it; they see a
 *     file {@code shallow} that was replaced without its knowledge. {@code git fsck --strict} finds nothing amiss.
 * <li>JGit's collector throws ArrayIndexOutOfBoundsException when a bitmap index from before the move is there: bitmaps
 *     go when the boundary moves, and clients are served without them.
 * <li>Stock git clones a bounded repository from its directory, from {@code git daemon} and from
 *     {@link org.portolan.control.history.boundary.BoundaryUploadPack}.
 * <li>JGit's UploadPack never says that its repository is bounded: stock git's clone fails ("did not receive expected
 *     object"), JGit's is broken without a word unless {@code Transport.setCheckFetchedObjects} is set.
 *     {@link org.portolan.control.history.boundary.BoundaryUploadPack} says it, in protocol 2 and 0.
 * <li>Each of JGit's walks reads the boundary again. One that moves in the middle of an answer makes the client miss a
 *     commit, so it is pinned for each client.
 * <li>A peer with the full or a longer history fetches on as before, JGit's or stock git; so does one that cloned
 *     before the boundary moved. Only a peer that stayed away longer than the history reaches finds a gap: stock git
 *     wants {@code --update-shallow} then, JGit takes it.
 * <li>JGit's Transport.fetch accepts a boundary sent in protocol 2 and takes it whole, even where the local history is
 *     longer, which is then cut there; the router fetches without it. In protocol 0 it takes the lines for broken
 *     references and refuses.
 * </ul>
 */
package org.portolan.control.history.boundary;
