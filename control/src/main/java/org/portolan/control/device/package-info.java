/**
 * The kernel's devices, as control sees them: which there are, whether one may be taken, what has changed since.
 *
 * <p>A device belongs to the router alone. The kernel sees every frame too, so a device that carries an IPv4 address of
 * the kernel's would answer twice, and one on which the kernel forwards would let private sources out untranslated by
 * another route. Both are refused with the command that mends it.
 */
package org.portolan.control.device;
