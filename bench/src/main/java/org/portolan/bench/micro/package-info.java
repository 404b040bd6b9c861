/**
 * Questions about the machine that a design decision hangs on, as JMH benchmarks. Each class states its question,
 * holds its
 * own baseline, and runs by {@code scripts/bench micro [NAME]}. What was answered, on which machine, stands in
 * ARCHITECTURE.md beside the decision.
 */
package org.portolan.bench.micro;
