/**
 * Tests of the seam to Linux, against the real kernel where no privilege is needed and against kernels of the tests'
 * own: {@link org.portolan.dataplane.system.FaultyFiles} where files are opened, made and given away, {@link
 * org.portolan.dataplane.system.FakeRouteKernel} where devices are listed. The faults that are tried:
 *
 * <p>Files and directories, each fault where it matters most:
 * <ul>
 *   <li>no place: ENOSPC and EDQUOT of fallocate, ENOSPC of mkdir and write, a write of nothing; a real full tmpfs in
 *       the end-to-end tests
 *   <li>short writes: one byte at a time, and an odd number of them
 *   <li>a file system without fallocate: EOPNOTSUPP, ENOSYS
 *   <li>no descriptors: EMFILE and ENFILE of open and of each step of a walk
 *   <li>no permission: EACCES of open, EPERM of fchown and fchmod, EROFS of open, mkdir and rename
 *   <li>a broken disk: EIO of open, statx, write and rename
 *   <li>links: symbolic ones of ours, of root, of another user, dangling, in a circle; hard ones; one that comes
 *       between two calls
 *   <li>directories that others may write to, with and without the sticky bit, that others own, or that are files
 * </ul>
 * After each of them no descriptor is left open, and no half-made file is left under either name.
 *
 * <p>Devices:
 * <ul>
 *   <li>an rtnetlink dump with NLMSG_ERROR, or an error in NLMSG_DONE, at its start or in the middle: an exception with
 *       that errno, never a shorter list
 *   <li>its send or recv fails with ENOBUFS, ENOMEM, EPERM, EAGAIN or EBADF: the same; with EINTR: the dump goes on
 *   <li>NLM_F_DUMP_INTR, once and for good: asked again, five times at most, then EBUSY
 *   <li>a datagram cut off at every byte, attributes of any length: EPROTO, and no read beyond it
 *   <li>the late answer to a request that was given up: passed over
 *   <li>a device that has a router: EADDRINUSE, and no descriptor is left open
 * </ul>
 */
package org.portolan.dataplane.system;
