/**
 * How fast a NAT forwards, beside the kernel's, in one run: a generator that fills the lab's link, a sink that counts
 * what arrives translated, a search for the highest rate
 * without loss. The same search over a plain kernel route, and the generator alone, show how much of a figure is the
 * lab's. Rounds of the devices are interleaved, because machines are noisy and only ratios within a run count.
 */
package org.portolan.bench.rate;
