/**
 * {@code scripts/bench quick}, {@code full} and {@code generators}: what is measured, in which order, and how often.
 *
 * <p>A plan's scenes are set up one after the other, every device in a lab of its own. In a scene the devices take
 * turns, round by round, so that a machine that slows down slows all of them. A {@link org.portolan.bench.harness.Rig}
 * is one device with its traffic; a {@link org.portolan.bench.harness.Trial} is what one run over it gave; {@link
 * org.portolan.bench.harness.ThroughputSearch} looks for the highest rate without loss. Each point is written down when
 * it was measured (package {@code run}), and a run that was cut short goes on with the points that are missing. It
 * measures and never judges: no target is written here.
 *
 * <p>Read Plan first, then Runner, Measurements, Rig.
 */
package org.portolan.bench.harness;
