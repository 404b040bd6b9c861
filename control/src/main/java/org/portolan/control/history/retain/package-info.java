/**
 * Keeps the history bounded: packs that grow together, a boundary behind which nothing is kept, and marks that find a
 * time without a walk. Knows JGit's repository and nothing of the router. The historian's thread calls {@link
 * org.portolan.control.history.retain.Upkeep}, which does what is due; in the middle of a long piece it lets the
 * historian write on ({@link org.portolan.control.history.pack.Pause}).
 *
 * <pre>
 *   Upkeep              what is due now
 *     Compaction          many small packs become one
 *     Retention           the boundary moves up, and what is behind it goes
 *       BoundaryMove        what is behind and what is kept, by CommitScan
 *       Reachable           which objects of a pack live, by CommitScan
 *       Rescue              writes what lives into packs that stay
 *     PackMerge           writes one pack out of a PackedSet: some objects of some packs
 *     PackShelf           lists the packs, and deletes those that were replaced
 *     Sweep               deletes all else that is deleted: what a crash left
 *   Marks               finds a time, and its place on the line
 * </pre>
 *
 * <p><b>Packs.</b> Each durable batch is a small pack. {@link org.portolan.control.history.retain.Compaction} makes one
 * of 12, in tiers by their number of objects; a replaced pack stays ten minutes for its readers, and goes only when
 * each of its objects is in a pack that stays. No state is kept: the packs themselves say what is to be done, after a
 * crash, and after a person's {@code git gc}, too.
 *
 * <p><b>The boundary</b> is git's own ({@link org.portolan.control.history.boundary}). History is never rewritten, so
 * every commit keeps its id and every peer its ancestry. The boundary is on the disk before anything behind it goes.
 * Then packs that are dead for the most part are rewritten without what nothing reaches. Memory: 30 bytes for each
 * commit of the history, one bit for each object of the packs in question, and what PackWriter needs for {@link
 * org.portolan.control.history.pack.Packing#MOST_OBJECTS}, which is its {@link
 * org.portolan.control.history.pack.HeapShare}.
 *
 * <p><b>What a history costs</b> ({@code scripts/bench year}): about 800 bytes a change when all is merged, of which
 * 217 are the commit, 196 the index entries of seven objects, 290 five trees and 90 the binding. JGit holds 28 bytes of
 * heap for each object of the packs that it looks into, softly: 143 MB for 730,000 changes. So what is read here is
 * read by {@link org.portolan.control.history.pack}, and only a client that is served makes JGit read them all.
 */
package org.portolan.control.history.retain;
