/**
 * The traffic of the benchmark: who talks, what is sent and when, and what must arrive.
 *
 * <pre>
 *   Flows, FrameSize                                     KernelSink    counts all in the kernel
 *        |                                                   ^
 *   FrameWriter -> Generator ==== the device ====> arrival --+
 * </pre>
 */
package org.portolan.bench.traffic;
