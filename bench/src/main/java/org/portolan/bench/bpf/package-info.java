/**
 * A generator of traffic that is an XDP program, for more frames than a transmit ring gives.
 *
 * <pre>
 *   FrameWriter -> FrameTemplate -> FrameProgram (written with BpfAssembler, shares two BpfArrays)
 *                                        |
 *   BpfGenerator: when -> LiveFrames -> the kernel runs it once a frame -> bpf_redirect -> the host's device
 *                                                                                               |
 *                                        ReceiveOffload on at the other end of the veth pair <--+
 * </pre>
 *
 * <p>The program is assembled here, in Java, and loaded by bpf(2): no compiler, no library. A frame of it is, byte for
 * byte, what the {@link org.portolan.bench.traffic.FrameWriter} writes, so that every sink understands it.
 *
 * <p>Supported: every count of {@link org.portolan.bench.traffic.TrafficFlows}, both directions, one frame size a run,
 * full UDP checksums or none, open loop at a rate or flat out. <b>Not</b> supported: a mix of sizes; checksums left to
 * offload; latency, since frames leave in bunches; a user namespace, where the kernel loads no program.
 */
package org.portolan.bench.bpf;
