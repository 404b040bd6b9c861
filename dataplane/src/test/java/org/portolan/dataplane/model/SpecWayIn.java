package org.portolan.dataplane.model;

import org.portolan.dataplane.policy.PolicyTerms;

/**
 * By what a packet may come in from outside without a session: a forward, or a mapping that the inside uses.
 *
 * @param outside the endpoint that the packet is sent to
 * @param inside where it leads
 * @param forward or null
 * @param mapping or null
 */
record SpecWayIn(SpecEndpoint outside, SpecEndpoint inside, PolicyTerms.Forward forward, SpecMapping mapping) {}
