/**
 * Tests of the seam to Linux. {@link org.portolan.dataplane.system.FaultyFiles} stands in the kernel's place where files
 * are opened, made and given away. The faults that are tried, each on every call that can have it:
 *
 * <ul>
 *   <li>no place: ENOSPC and EDQUOT of fallocate, ENOSPC of mkdir and write, a write of nothing; a real full tmpfs in the
 *       end-to-end tests
 *   <li>short writes: one byte at a time, and an odd number of them
 *   <li>a file system without fallocate: EOPNOTSUPP, ENOSYS
 *   <li>no descriptors: EMFILE and ENFILE of open and of each step of a walk
 *   <li>no permission: EACCES of open, EPERM of fchown and fchmod, EROFS of open, mkdir and rename
 *   <li>a broken disk: EIO of open, statx, write and rename
 *   <li>links: symbolic ones of ours, of root, of another user, dangling, in a circle; hard ones; one that comes between
 *       two calls
 *   <li>directories that others may write to, with and without the sticky bit, that others own, or that are files
 * </ul>
 *
 * <p>After each fault no descriptor is left open, and no half-made file is left under either name.
 */
package org.portolan.dataplane.system;
