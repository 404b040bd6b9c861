/**
 * The command line: one class for each verb.
 *
 * <p>A verb is either one that reads a file ({@code run}, {@code check}) or one that asks the router ({@code sessions},
 * {@code stats}, {@code latency}, {@code arp}, {@code interfaces}); {@code arp add, del, flush, load} ask it to change
 * something. An asking verb does next to nothing itself: it sends its words as one line over a Unix-domain socket and
 * copies what comes back, so it starts fast. Only {@code arp load} is more than one request: a file in portions, each
 * small enough for a line.
 *
 * <p>Times go over the wire as seconds since 1970, and the client's time zone beside them, so that what people write
 * and read is theirs.
 *
 * <p>Read {@link org.portolan.control.verb.Verbs} first: it lists the verbs and says what becomes of an error. Then
 * AskingVerb and one verb of it, such as SessionsVerb.
 */
package org.portolan.control.verb;
