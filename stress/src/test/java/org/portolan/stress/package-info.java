/**
 * Stress tests of the words that two threads share, with jcstress.
 *
 * <p>Each test is a class {@code *Stress} in the package of the code that it tests, because it calls that code and not
 * a model of it. Two actors are two threads that meet at one state, many thousands of times; each outcome has a
 * sentence that says why it may happen, or which ordering forbids it. A class {@code *Planted} is the same test with one
 * ordering left out: the harness has to find the race, which shows that it could find one in the code.
 *
 * <p>States are made by the million, so none allocates off-heap memory: each takes its words from a pool of its class,
 * which is larger than the number of states that live at a time.
 *
 * <p>On x86 the processor keeps the order of writes and that of reads, so there the tests find what the compiler may
 * reorder, what is torn, a protocol that is wrong, and a read that passes an earlier write. A missing release is seen
 * best on a processor with weaker ordering, for example AArch64.
 */
package org.portolan.stress;
