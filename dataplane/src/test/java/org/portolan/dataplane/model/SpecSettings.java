package org.portolan.dataplane.model;

/**
 * What the config says of the router's own answers.
 *
 * @param noResourcesCode of "destination unreachable": 1 (RFC 6888 REQ-11) or 13 (RFC 5508 REQ-8)
 * @param resetsUnmatchedTcp whether TCP from outside that belongs to no session gets a reset
 */
record SpecSettings(int noResourcesCode, boolean resetsUnmatchedTcp) {}
