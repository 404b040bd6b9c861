/**
 * {@code scripts/bench quick} and {@code full}: a plan's scenes are set up one after the other, every device in a lab
 * of its own; in a scene the devices take turns, round by round, so that a machine that slows down slows all of them.
 * Each point is written down when it was measured (package {@code run}), and a run that was cut short goes on with the
 * points that are missing. It measures and never judges: no target is written here.
 */
package org.portolan.bench.harness;
