/**
 * The traffic of the benchmark: who talks, what is sent and when, and what must arrive.
 *
 * <pre>
 *   TrafficFlows  FrameSize  Checksums            Passage  Checksums  TrafficFlows
 *           \       |       /                            \       |       /
 *            FrameWriter                                FrameJudge, Endpoints
 *                 |                                              |
 *   Load -&gt; Generator -&gt; Sent  === device ===&gt;  KernelSink: counts all, samples one in 256
 *                                                   CheckingSink: checks all -&gt; Arrivals
 * </pre>
 *
 * <p>{@link org.portolan.bench.traffic.TrafficFlows} are the ladder of RFC 9693: 63 ports each of up to 65,536 hosts,
 * ports pseudo-random (RFC 4814), every flow sent once before any twice. The hosts are in 10.0.0.0/8 behind the lab's
 * client, so the device needs one route and one neighbor for all of them. {@link org.portolan.bench.traffic.FrameSize}
 * has RFC 2544's sizes and a mix.
 *
 * <h2>No coordinated omission</h2> A {@link org.portolan.bench.traffic.Generator} is open loop: frame n is due n / rate
 * seconds after the start, whatever came of those before, and carries that time
 * ({@link org.portolan.bench.traffic.Probe}), not the time when it left. Latency is the kernel's receive stamp less the
 * time when the frame was due, both of CLOCK_REALTIME. When something stands still for 10 ms, be it the device or the
 * generator, every frame that was due in these 10 ms shows what it waited. How late the generator itself was, and what
 * its own device dropped, is shown beside ({@link org.portolan.bench.traffic.Sent}), as is what the machine did
 * ({@link org.portolan.bench.traffic.MachinePauses}), so that neither is taken for the device's doing. Flat out no
 * frame is due at any time: such a run has rates and no latencies.
 *
 * <h2>Two sinks</h2> On few cores a sink that reads every frame is a load of its own, so
 * {@link org.portolan.bench.traffic.KernelSink} counts and drops in the kernel, and a classic BPF program hands every
 * 256th frame, chosen by a hash, to a thread that judges it. Below half of the rate
 * {@link org.portolan.bench.traffic.CheckingSink} reads all: each frame must be right in itself, come once, in order,
 * and in a flow that keeps an outside endpoint of its own. What is wrong has a name
 * ({@link org.portolan.bench.traffic.Fault}).
 *
 * <p>After an outbound run the checking sink knows every flow's outside endpoint; a generator at the server that is
 * given those sends back to them, and a sink at the client checks that they reach the inside endpoints they belong to.
 */
package org.portolan.bench.traffic;
