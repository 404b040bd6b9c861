/**
 * Memory outside the heap: where frames, sessions, mappings, neighbors and routes live.
 *
 * <p>A record is an address, a {@code long}. No object stands for anything that a packet meets, so nothing is allocated
 * for a packet and the collector has nothing to scan.
 * <ul>
 * <li>{@link org.portolan.dataplane.memory.Slab} takes a piece of memory from the kernel at start and touches it, so
 * that no later access faults. It is anonymous, on huge pages where there are any, or a file on tmpfs or hugetlbfs,
 * whose records outlive the process. A file begins with a header ({@link org.portolan.dataplane.memory.SlabFormat}:
 * layout version, {@link org.portolan.dataplane.memory.BootId}, hash of the policy); one that does not fit is replaced
 * by zeros. {@link org.portolan.dataplane.memory.SlabFiles} is a directory of them.
 * <li>{@link org.portolan.dataplane.memory.Memory} reads and writes anywhere, plainly: {@code u8 u16 u32 u48 u64} in
 * network order, {@code byteAt shortAt intAt longAt} in the machine's.
 * <li>{@link org.portolan.dataplane.memory.SharedWord} is for words that one thread writes and others read. {@code
 * publish} is a release, {@code observe} an acquire, {@code peek} plain: the ordering is in the name, and no VarHandle
 * exists outside of this package and {@code system}.
 * <li>{@link org.portolan.dataplane.memory.Regions} knows what is mapped, for the checked build.
 * </ul>
 *
 * <h2>No bounds, and how that is safe</h2> A codec's {@code check} proves the lengths once; after it every accessor is
 * total. The checked build tests that proof: with {@code -Dportolan.memory.checked=true} each access is looked up among
 * the live regions. All tests run that way too, the mutation tests with frames whose last byte is the last legal one.
 * The flag is a constant: without it the check is not compiled.
 */
package org.portolan.dataplane.memory;
