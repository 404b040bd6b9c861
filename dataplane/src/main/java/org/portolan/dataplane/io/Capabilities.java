package org.portolan.dataplane.io;

/**
 * What a driver can do.
 *
 * @param besideKernel the kernel's stack sees the same frames: it must be kept off the device, and another router
 *     could open the device too
 * @param virtioHeader frames carry an {@link Offload} word: checksums that are still to be completed, and frames that
 *     stand for several (GSO). Without it, only whole frames up to the MTU are received and sent
 * @param bypass frames go past the device's queueing discipline
 */
public record Capabilities(boolean besideKernel, boolean virtioHeader, boolean bypass) {}
