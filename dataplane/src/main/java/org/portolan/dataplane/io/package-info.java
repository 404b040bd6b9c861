/**
 * Frames in and frames out: the seam to drivers ({@link org.portolan.dataplane.io.FrameIo}) and the driver {@code
 * af_packet}
 * ({@link org.portolan.dataplane.io.PacketRing}).
 *
 * <p>A received frame is borrowed: an AF_PACKET ring returns slots in order, so a frame kept would stand the ring
 * still. Who keeps one copies it into a
 * bounded pool. To send is the driver's choice: it copies or it moves; this one copies, once.
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
 * <p>All three carry the virtio_net_hdr, so that a checksum which the sender left to offload is still known as
 * partial, and a segmented frame passes whole.
 */
package org.portolan.dataplane.io;
