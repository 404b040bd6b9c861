/**
 * The rings and sockets against a kernel in memory ({@link org.portolan.dataplane.io.packet.FakeKernel}), without root
 * and without the machine's clock. The fault kinds tried:
 *
 * <table>
 * <caption>faults</caption>
 * <tr><th>fault</th><th>where</th></tr>
 * <tr><td>one frame refused for good, at the head, in the middle, last: ENOBUFS, EMSGSIZE, EINVAL, EIO, EPERM, ENOMEM,
 * an unknown errno</td><td>TransmitRingTest; large frames: PacketRingTest</td></tr>
 * <tr><td>a flood of such frames, and a batch of nothing else</td><td>TransmitRingTest</td></tr>
 * <tr><td>ENOBUFS for a moment: the device's queue is full</td><td>TransmitRingTest</td></tr>
 * <tr><td>EAGAIN, and a send that took fewer bytes than there were</td><td>TransmitRingTest, DeparturesTest</td></tr>
 * <tr><td>ENETDOWN and ENXIO: down for a while, a flap that nobody reported, a device that stays away</td>
 * <td>TransmitRingTest, DeparturesTest; poll(2)'s part: PollIdleTest</td></tr>
 * <tr><td>EBADF: a socket that fails whatever it is given</td><td>TransmitRingTest</td></tr>
 * <tr><td>frames that the kernel would pass over without a word</td><td>TransmitRingTest</td></tr>
 * <tr><td>frames older than the outage</td><td>TransmitRingTest, DeparturesTest</td></tr>
 * <tr><td>a full transmit ring; slots that the device keeps; each alignment to the ring's end</td>
 * <td>TransmitRingTest</td></tr>
 * <tr><td>a reader that stalls until frames are lost; every slot lent out</td><td>ReceiveRingTest</td></tr>
 * <tr><td>an error kept by the socket, read in place of a large frame</td><td>ReceiveRingTest</td></tr>
 * <tr><td>more large frames than buffers for them</td><td>ReceiveRingTest</td></tr>
 * <tr><td>one driver replaced by another under traffic, with frames in both directions</td>
 * <td>PacketRingTest, DeparturesTest</td></tr>
 * </table>
 *
 * <p>What the kernel itself does in these states is asserted end to end, by the bench module's DeviceFaultsE2eTest.
 */
package org.portolan.dataplane.io.packet;
