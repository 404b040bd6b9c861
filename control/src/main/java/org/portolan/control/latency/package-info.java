/**
 * The router's own latency after the worker has recorded it.
 *
 * <pre>
 * worker: Latency, two sets of counts a direction
 *    | once a second, swapped on control's command and made a histogram
 * control: LatencyCollector --+--&gt; Track, one a direction --+--&gt; operators: portolan latency
 *                             |    and one of pauses        |
 * pauses: PauseMeter ---------+                             +--&gt; latency-log: IntervalLog, IntervalFiles
 * </pre>
 *
 * <p>A track is the only thing that threads share here, under its own lock: control and the pause meter add to it once
 * a second, operators read copies, the thread {@code latency-log} takes what the files do not have yet. A disk that
 * stands still costs intervals their resolution (they are joined) and nobody any time. Nothing gets lost between the
 * worker and a track: what is swapped out is added whole, and the last bit is fetched after the worker's end.
 */
package org.portolan.control.latency;
