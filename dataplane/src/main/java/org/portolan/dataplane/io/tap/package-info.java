/**
 * The driver {@code tap}: a device of /dev/net/tun whose kernel's end belongs to a container, a VM or the host. What
 * the kernel sends there, the router receives, and the other way round, so a router runs without a network card.
 *
 * <p>The router's end has no device and no MAC of its own; control gives it one. The kernel's end may be moved into
 * another network namespace and renamed: the open file stays its other end. When it is deleted with that namespace,
 * control makes another one of the same name.
 *
 * <p>Everything that a tap does once it is open goes through {@link org.portolan.dataplane.io.tap.TapFile}, behind
 * which a test puts a kernel of its own.
 */
package org.portolan.dataplane.io.tap;
