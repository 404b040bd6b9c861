/**
 * What the history keeps of one address, and how two routers' memories of it become one.
 *
 * <p>A {@link org.portolan.control.history.record.Binding} is two registers side by side: what was observed on the wire
 * ({@link org.portolan.control.history.record.Observation}) and what the operator pinned ({@link
 * org.portolan.control.history.record.Pin}). Each register's values are totally ordered, and joining two takes the
 * greater: so a join is commutative, associative and idempotent, whatever came by whatever road, and needs no common
 * ancestor. The order is made of the rules:
 *
 * <pre>
 *   stamp count     the later observation wins, by the hybrid clock of
 *                   {@link org.portolan.control.history.record.Stamp}
 *   rank            at one count: live &lt; expired &lt; flushed
 *   router, MAC     two routers that saw different things at the same count: one of them, the same on both
 *   the rest        so that no two different values are equal
 * </pre>
 *
 * <p>An expiry keeps the stamp of the observation that it ends, and so beats exactly that one: a refresh of it
 * somewhere else has a greater stamp and beats the expiry. A flush takes a new stamp, and so beats every observation
 * that the flushing router knew. A pin beats any observation, because it is a register of its own and is looked at
 * first.
 */
package org.portolan.control.history.record;
