/**
 * What the history costs, and what it gives. {@code HistoryBench}: the workers' latency with the history on and off
 * beside each other, commits a second, bytes a change, warm start. {@code YearBench}: a year of a busy network under a
 * clock of its own, and how long it takes to ask what was then.
 */
package org.portolan.bench.history;
