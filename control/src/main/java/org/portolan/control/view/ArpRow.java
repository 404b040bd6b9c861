package org.portolan.control.view;

/**
 * One neighbor.
 *
 * @param address an int as {@code Memory.u32} reads it
 * @param mac 48 bits, 0 while it is not known
 * @param ageS since the MAC was last confirmed, -1 when it never was
 * @param lastUsedS since a worker last sent to it, -1 when none did
 * @param contestedMac another MAC that answers for the address too, 0 for none
 */
public record ArpRow(
        String interfaceName, int address, long mac, String state, long ageS, long lastUsedS, long contestedMac) {}
