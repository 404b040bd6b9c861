package org.portolan.dataplane.neighbor;

/** Who knows what the workers send to. */
public interface UseOracle {
    /**
     * Boot-clock second in which a frame was last sent to the address, or {@link NeighborUse#NEVER}. See {@link
     * NeighborUse#oracle}.
     */
    int lastUsedS(int address);
}
