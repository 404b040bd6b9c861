/**
 * The driver {@code af_packet}: AF_PACKET rings on an Ethernet device ({@link
 * org.portolan.dataplane.io.packet.PacketRing}).
 *
 * <p>A ring returns slots in order, so a received frame that was kept would stop the ring. A frame to send is copied,
 * once, into a slot of the transmit ring.
 *
 * <p>Each device has three sockets:
 *
 * <table>
 * <caption>sockets</caption>
 * <tr><th>socket</th><th>carries</th><th>why apart</th></tr>
 * <tr><td>receive ring</td><td>every frame that arrives</td><td>bound to all protocols</td></tr>
 * <tr><td>transmit ring, bypassing the queueing discipline</td><td>frames up to the MTU, one system call a batch</td>
 * <td>protocol 0: a socket that only sends is delivered nothing</td></tr>
 * <tr><td>plain send(2), not bypassing</td><td>frames that stand for several (GSO)</td>
 * <td>the bypass drops them whenever the device cannot segment; a socket with a ring cannot send(2) too</td></tr>
 * </table>
 *
 * <p>A frame that the kernel refuses must not stop those behind it, and a device that stands still must not be sent old
 * frames later: {@link org.portolan.dataplane.io.packet.TransmitRing} has the table of what each errno leads to.
 *
 * <p>When a device's slots have become too small for its MTU, or it is another device of the same name, a second driver
 * takes the first one's place. It is opened deaf; then the old one's filter shuts and the new one is bound, so no frame
 * comes to both. The worker reads the old one to its end before it changes over.
 *
 * <p>Everything that a socket does once it is open goes through {@link
 * org.portolan.dataplane.io.packet.KernelSocket}, behind which a test puts a kernel of its own.
 *
 * <p>All three carry the virtio_net_hdr, so that a checksum which the sender left to offload is still known as
 * partial, and a segmented frame passes whole.
 */
package org.portolan.dataplane.io.packet;
