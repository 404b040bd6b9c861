/**
 * The threads that carry packets. {@link org.portolan.dataplane.worker.Worker} is the duty cycle,
 * {@link org.portolan.dataplane.worker.Pipeline} one batch's way through the stages.
 *
 * <p>A worker owns its sessions, its port allocator, the frames in its rings and the frames that wait for a neighbor.
 * It reads what control owns (neighbors, routes)
 * without a lock and learns of changes at a batch border. Who may call what:
 *
 * <table>
 * <caption>callers</caption>
 * <tr><th>on the worker's thread</th><th>from control</th></tr>
 * <tr><td>doWork, every onX</td><td>handOver, takeLeaving, latency().idle() and
 * swappedNs(), counters(), nat().reader()</td></tr>
 * </table>
 */
package org.portolan.dataplane.worker;
