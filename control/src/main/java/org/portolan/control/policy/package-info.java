/**
 * A new config while the router runs: {@link org.portolan.control.policy.PolicySwap} hands the dataplane's policy to
 * the worker and watches until nothing of the old one is left, {@link org.portolan.control.policy.PolicySweep} finds
 * the sessions that the new one does not allow. What the config means in the dataplane's terms is in
 * {@link org.portolan.control.start.Tables#policy}.
 *
 * <p>All of it runs on control's thread and waits for nothing: each call does a bounded piece.
 */
package org.portolan.control.policy;
