/**
 * What the router says about itself: reasons and counts, readable by another process while it runs.
 *
 * <p>{@link org.portolan.dataplane.counter.DropReason} is the one list of ways in which a frame ends without being
 * sent: enum, counter and the operator's text. Nothing is dropped without one, so that at any moment
 * <pre>
 *  received = sent + consumed + held + dropped, by reason
 * </pre>
 * holds for each worker, to the frame; the kernel's own ring losses stand beside it.
 *
 * <p>{@link org.portolan.dataplane.counter.CounterFile} is the mapped file,
 * {@link org.portolan.dataplane.counter.WorkerCounters} and {@link org.portolan.dataplane.counter.PortCounters} a
 * worker's share of it. Each counter has one writer and cache lines of its own, so that writing one is a store that
 * nobody waits for; what changes with every frame is added up privately and published once a batch.
 */
package org.portolan.dataplane.counter;
