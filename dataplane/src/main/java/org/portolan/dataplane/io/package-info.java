/**
 * Frames in and frames out: the seam to drivers, and nothing that only one driver needs. Each driver has a package
 * below this one. In this module only {@link org.portolan.dataplane.driver.Drivers} names its classes; beyond it,
 * control's replay opens files with {@code io.pcap}, and bench sends its own traffic through the rings of {@code
 * io.packet}.
 *
 * <table>
 * <caption>who calls what</caption>
 * <tr><th>type</th><th>what it is</th><th>whose thread</th></tr>
 * <tr><td>{@link org.portolan.dataplane.io.Driver}</td><td>opens devices of one kind and says what it can do</td>
 * <td>control</td></tr>
 * <tr><td>{@link org.portolan.dataplane.io.DeviceIo}</td><td>an open device: its link, what it lost, its successor</td>
 * <td>control, while a worker uses it</td></tr>
 * <tr><td>{@link org.portolan.dataplane.io.FrameIo}</td><td>its frames: a batch in, a batch out</td>
 * <td>one worker</td></tr>
 * </table>
 *
 * <p>A received frame is borrowed until the batch is released; a stage that keeps it longer copies it into the worker's
 * {@link org.portolan.dataplane.io.FramePool}, where the frames that the router makes lie too. {@link
 * org.portolan.dataplane.io.FrameOwner} has the table of who may give a frame to whom. Every frame, wherever it lies,
 * has {@link org.portolan.dataplane.io.FrameIo#HEADROOM_BYTES} before it. A frame that is sent is copied into the
 * driver's own memory, or given to the kernel, before the call returns.
 * What a driver took and the kernel has not taken stands in the {@link org.portolan.dataplane.io.Backlog}, which the
 * worker's counters include.
 *
 * <p>A driver is replaced when its device was deleted and made again, or when its buffers have become too small. The
 * open driver makes its own {@link org.portolan.dataplane.io.DeviceIo#successor}, so that no frame comes to both, and
 * the worker reads it to its end before it changes over.
 */
package org.portolan.dataplane.io;
