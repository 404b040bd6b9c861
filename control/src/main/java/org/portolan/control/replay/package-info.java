/**
 * {@code portolan replay}: the router on recorded frames. {@link org.portolan.control.replay.Replay} moves a clock from
 * frame to frame and lets the router's own worker and controller take turns; {@link
 * org.portolan.control.replay.ReplayMachine} is what they have in place of a kernel.
 *
 * <p>Nothing here reads the machine's clock or its source of randomness, so the same files, config and seed give the
 * same results, byte for byte. Golden tests rest on that.
 */
package org.portolan.control.replay;
