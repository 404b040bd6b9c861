/**
 * What the config says, as the worker reads it: one immutable {@link org.portolan.dataplane.policy.Policy} with an
 * epoch. It is below the stages of the packet's way: {@code nat} takes addresses, rules and limits from it, {@code
 * forward} the routes.
 *
 * <pre>
 *   PolicyTerms ---&gt; Policy (epoch n)
 *                      +-- RouteTable          to which port, by which gateway
 *                      +-- OutsideAddresses    number of each address, its egress, the memory of its ports; pools
 *                      +-- StaticRules         ports, ranges, whole addresses, by outside and by inside endpoint
 *                      +-- OutsideLimits, HostLimits, Timeouts, Switches
 * </pre>
 *
 * <p>Fixed at the start and no part of it: the sizes of the tables, the interfaces and their ports, the secrets. A
 * policy that does not fit into the room that was made at the start is refused by name.
 *
 * <h2>The swap</h2>
 * <ol>
 * <li>Control makes the next policy, with memory for the ports of new outside addresses, and publishes one reference
 * ({@link org.portolan.dataplane.policy.PolicyExchange}).
 * <li>The worker looks at the reference once a duty cycle. It takes the policy over between two batches without
 * allocation: it reserves the outside ports of added rules and frees those of removed ones, and publishes that it has.
 * <li>Control then looks at each session and asks {@link org.portolan.dataplane.policy.Policy#verdict}. For one that is
 * not allowed it sends a command; the worker asks the same function again and ends the session, or all of its mapping,
 * or all of its host, a bounded number at a time.
 * <li>An outside address that is gone drains: no new mapping is made on it, and its resting ones end early. When it has
 * none left, control offers a policy without it, and frees its memory after the worker has adopted that.
 * </ol>
 * The next change begins when these steps are done. Between the swap and a session's end its packets pass as before;
 * whatever opens after the swap follows the new policy.
 */
package org.portolan.dataplane.policy;
