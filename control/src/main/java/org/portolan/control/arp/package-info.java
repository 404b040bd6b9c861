/**
 * ARP on the wire, and what control knows of neighbors beside it.
 *
 * <p>{@link org.portolan.control.arp.ArpService} connects the pure {@link
 * org.portolan.dataplane.neighbor.NeighborMachine} of an interface to the frames that workers punt, to the inject ring,
 * and to the table that workers read. Each change goes to a {@link org.portolan.control.arp.NeighborListener}: {@link
 * org.portolan.control.arp.NeighborLog} logs it, {@link org.portolan.control.arp.NeighborMemory} also hands it to the
 * history and brings back what was known before the start. {@link org.portolan.control.arp.ConfigPins} sets the static
 * neighbors that the config names.
 *
 * <p>All of it runs on control's thread. Read ArpService first, then NeighborMemory.
 */
package org.portolan.control.arp;
