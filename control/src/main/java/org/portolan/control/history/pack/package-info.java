/**
 * Reads objects out of packs by itself, for what is read by the thousand: a table at a past time, a walk through
 * commits. A leaf: knows JGit's ids and its deltas, and nothing of the history.
 *
 * <pre>
 *   PackedReader      out of the packs, and what is not plainly there by JGit; one question, one thread
 *     PackReader        finds an object, in the pack of the last hit first; reads it
 *       PackFile          the pack's bytes, through PackWindows
 *         PackIndexFile     id to offset, out of the file
 *         EntryHeader       type, size and base of one entry
 *       BaseCache         what was unpacked last, for the deltas that lean on it
 *   PackedSet         some of the objects of some packs
 *     PackEntries       what is in a pack: ids and types
 *   CommitScan        meets the commits that others lead to; an IdSet remembers them
 *     RawCommit         a commit as it is stored
 *   Packing           how packs are written
 *   HeapShare         how much of the heap each large piece of work may take
 *   FreshPack         brings a new pack in, kept from git's tools until the refs have moved
 *   PackEnds          whether a pack was cut off
 *   Durable           what has to be on the disk before the next step
 * </pre>
 *
 * <p><b>Why not JGit alone.</b> JGit looks for each object in one pack after the other, the newest first, and holds the
 * indexes of the packs in the heap, 28 bytes an object. Of a table nearly all lies in one or two packs, and when the
 * time is past they are old ones: of a year in 31 packs, 565 MiB, 11,700 neighbors took 90 ms, and take 45 here
 * ({@code scripts/bench year}). Here the pack of the last hit is asked first, an index is looked at where it lies, and
 * what is asked for in the order of ids and read in the order of {@link
 * org.portolan.control.history.pack.PackReader#find places} is read once.
 *
 * <p><b>What is left to JGit.</b> Whatever is not plainly there: loose objects, packs that came later, indexes of
 * version 1, anything damaged. The reader never says that something is wrong; it says that it cannot tell, and JGit,
 * which looks again and in other packs too, has the last word.
 *
 * <p>Files are read by position and not mapped: one that is cut off under the reader is an exception, where a mapped
 * one would be a fault at some later time. A mapped index was no faster.
 */
package org.portolan.control.history.pack;
