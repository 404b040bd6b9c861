package org.portolan.control.command;

/**
 * One interface and what passed it.
 *
 * @param role inside or outside
 * @param address an int as {@code Memory.u32} reads it
 * @param mac 48 bits, 0 when the device is gone
 * @param kernelDrops frames that the kernel lost because the receive ring was full
 * @param txRingFull frames dropped because the transmit ring was full
 */
public record InterfaceRow(
        String name,
        String device,
        String role,
        int address,
        int prefixLength,
        long mac,
        int mtu,
        boolean up,
        String driver,
        long rxFrames,
        long rxBytes,
        long txFrames,
        long txBytes,
        long kernelDrops,
        long txRingFull) {}
