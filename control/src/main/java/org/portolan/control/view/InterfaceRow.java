package org.portolan.control.view;

/**
 * One interface and what passed it.
 *
 * @param role inside or outside
 * @param address an int as {@code Memory.u32} reads it
 * @param mac 48 bits, 0 when the device is gone
 * @param mapping of an outside interface: how its mappings are made, a word of the config; empty for an inside one
 * @param filtering of an outside interface: who may send to its mappings, a word of the config; empty for an inside one
 * @param neighbors known or asked for, -1 when control did not say
 * @param staticNeighbors those of them that are static, -1 when control did not say
 * @param kernelDrops frames that the kernel lost because the receive ring was full
 * @param txRingFull frames dropped because the transmit ring was full
 * @param kernelUse what the kernel does on the device beside the router, as a sentence; empty when it does nothing
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
        String mapping,
        String filtering,
        int neighbors,
        int staticNeighbors,
        long rxFrames,
        long rxBytes,
        long txFrames,
        long txBytes,
        long kernelDrops,
        long txRingFull,
        String kernelUse) {}
