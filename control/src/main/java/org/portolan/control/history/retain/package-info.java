/**
 * Keeps the history bounded: packs that grow together, a boundary behind which nothing is kept, and marks that find a
 * time without a walk. Knows JGit's repository and nothing of the router. The historian's thread calls
 * {@link org.portolan.control.history.retain.Upkeep}, which does a piece at a time; a long piece lets it write on
 * ({@link org.portolan.control.history.retain.Pause}).
 *
 * <p><b>Packs.</b> Each durable batch is a small pack. {@link org.portolan.control.history.retain.Compaction} makes one
 * of 32, in tiers by their number of objects; a replaced pack stays ten minutes for who reads it, and goes only when
 * each of its objects is in a pack that stays. No state is kept: the packs themselves say what is to be done, after a
 * crash, and after a person's {@code git gc}, too.
 *
 * <p><b>The boundary</b> is git's own: commits named in the file {@code shallow} are read as if they had no parents.
 * History is never rewritten, so every commit keeps its id and every peer its ancestry.
 * {@link org.portolan.control.history.retain.BoundaryMove} says what is kept; it is on the disk before anything behind
 * it goes. Then packs that are dead for the most part are written anew without what nothing reaches ({@link
 * org.portolan.control.history.retain.RetentionPass}). Memory: 30 bytes for each commit of the history, one bit for
 * each object of the packs in question, and what PackWriter needs for {@link
 * org.portolan.control.history.retain.Packing#MOST_OBJECTS}.
 *
 * <p><b>What JGit 7.8.1 and stock git 2.39 do over a boundary that moves</b>, each line a test in
 * {@code ShallowBoundaryTest} or {@code ReadersTest}:
 * <ul>
 * <li>JGit's walks, its PackWriter and its collector stop at the boundary and do not miss what is behind it; they see a
 *     file {@code shallow} that was replaced without being told. {@code git fsck --strict} finds nothing amiss.
 * <li>JGit's collector throws ArrayIndexOutOfBoundsException when a bitmap index from before the move is there: bitmaps
 *     go when the boundary moves, and clients are served without them.
 * <li>Stock git clones a bounded repository from its directory, from {@code git daemon} and from
 *     {@link org.portolan.control.history.retain.BoundaryUploadPack}.
 * <li>JGit's UploadPack never says that its repository is bounded: stock git's clone fails ("did not receive expected
 *     object"), JGit's is broken without a word unless {@code Transport.setCheckFetchedObjects} is set.
 *     {@link org.portolan.control.history.retain.BoundaryUploadPack} says it, in protocol 2 and 0.
 * <li>Each of JGit's walks reads the boundary anew. One that moves in the middle of an answer makes the client miss a
 *     commit, so it is pinned for each client.
 * <li>A peer with the full or a longer history fetches on as before, JGit's or stock git; so does one that cloned
 *     before the boundary moved. Only a peer that stayed away longer than the history reaches finds a gap: stock git
 *     wants {@code --update-shallow} then, JGit takes it.
 * <li>JGit's Transport.fetch accepts a boundary told in protocol 2 and takes it whole, even where the local history is
 *     longer, which is then cut there: {@link org.portolan.control.history.retain.Shallow#settle} puts it back. In
 *     protocol 0 it takes the lines for broken references and refuses.
 * </ul>
 *
 * <p><b>What a history costs</b> ({@code scripts/bench year}): about 800 bytes a change when all is merged, of which
 * 217 are the commit, 196 the index entries of seven objects, 290 five trees and 90 the binding. JGit holds 28 bytes of
 * heap for each object of the packs that it is shown, softly: 143 MB for 730,000 changes. So merges show it what they
 * merge ({@link org.portolan.control.history.retain.SourcePacks}), walks read through {@link
 * org.portolan.control.history.pack.PackedReader}, and only a pass of the retention and a client that is served still
 * make it read them all.
 */
package org.portolan.control.history.retain;
