/**
 * The seam to Linux: the only place that calls into the C library or knows a kernel structure that is not a packet's.
 *
 * <p>{@link org.portolan.dataplane.system.Libc} (sockets, files, the clock), {@link
 * org.portolan.dataplane.system.LibcMemory} and {@link org.portolan.dataplane.system.LibcThread} have one static method
 * a call, constants named after the C macros. There are two kinds, and a caller can tell them by what a failure does:
 * <table>
 * <caption>calls</caption>
 * <tr><th>kind</th><th>called by</th><th>failure</th></tr>
 * <tr><td>setting up (socket, bind, mmap, ...)</td><td>the thread that starts or mends something</td><td>{@link
 * org.portolan.dataplane.system.LibcException}: call, arguments, errno by name, what to do about it</td></tr>
 * <tr><td>working (send, recv, poll, read, write)</td><td>a worker, per batch</td><td>the negated errno; nothing is
 * allocated or thrown</td></tr>
 * </table>
 *
 * <p>No call is linked as critical: a system call may block, and a thread in a critical call holds the collector up,
 * and with it every other thread. {@link org.portolan.dataplane.system.Netlink} lists devices and hears of their
 * changes, for control. {@link org.portolan.dataplane.system.UnixPeer} is the process at the other end of a Unix-domain
 * socket. {@link org.portolan.dataplane.system.Bpf} is bpf(2), {@link org.portolan.dataplane.system.Linkage} how a call
 * is linked, {@link org.portolan.dataplane.system.BootClock} the clock that worker and control go by.
 *
 * <p>Files that are opened as root are opened by descriptor: {@link org.portolan.dataplane.system.FileCalls} are the
 * calls, with another implementation in tests; {@link org.portolan.dataplane.system.DirectoryWalk} goes to a directory
 * step by step under the rules of {@link org.portolan.dataplane.system.Trust}; {@link
 * org.portolan.dataplane.system.MappedFile} is a mapped file that has its whole place on the disk. {@link
 * org.portolan.dataplane.system.SyscallFilter} takes from all threads what a router never does.
 *
 * <p>Nothing here knows any other package of ours.
 */
package org.portolan.dataplane.system;
