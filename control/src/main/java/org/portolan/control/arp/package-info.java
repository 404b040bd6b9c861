/**
 * ARP on the wire: connects the pure {@link org.portolan.dataplane.neighbor.NeighborMachine} of each interface to the
 * frames that workers punt, to
 * the inject ring, and to the table that workers read.
 */
package org.portolan.control.arp;
