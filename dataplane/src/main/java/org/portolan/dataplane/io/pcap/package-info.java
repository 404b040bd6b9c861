/**
 * The driver of {@code portolan replay}: files in, files out, and a clock that follows the frames' own times. With it
 * the whole router runs without a device and without root, and the same input gives the same output, byte for byte.
 *
 * <p>Frames of several files arrive in the order of their times, those with the same time in the order of the
 * interfaces. A file is looked through before the replay begins ({@link
 * org.portolan.dataplane.io.pcap.PcapSummary}), so that a damaged one is reported before anything is written.
 */
package org.portolan.dataplane.io.pcap;
