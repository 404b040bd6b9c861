/**
 * The operator's side: the verbs of the command line, and the socket on which a running router answers them.
 *
 * <p>A verb is either one that reads a file ({@code run}, {@code check}) or one that asks the router ({@code sessions},
 * {@code stats}, {@code latency}, {@code arp}, {@code interfaces}); {@code arp add, del, flush, load} ask it to change
 * something. An asking verb does next to nothing itself: it sends its words as one line over a Unix-domain socket and
 * copies what comes back, so it starts fast and two versions of it cannot disagree about a table's shape. The router
 * renders the table or the JSON. Only {@code arp load} is more than one request: a file in portions, each small enough
 * for a line.
 *
 * <pre>
 * client                                              router
 *   sessions --proto=tcp --limit=20 --json LF    -&gt;     {@link org.portolan.control.command.Request}
 *                                                &lt;-     ok LF                (or: usage SENTENCE LF, error SENTENCE LF)
 *                                                &lt;-     the table or the JSON, as it is found
 *                                                &lt;-     SYN now and then while it searches, which carries nothing
 *                                                &lt;-     NUL, so that a cut answer is not taken for a whole one
 * </pre>
 *
 * <p>File permissions decide who may ask and change (the socket is 0660, its group is {@code control.group});
 * docs/socket.md tells other programs how. What may be asked is bounded in every direction:
 * {@link org.portolan.control.command.AdminServer} says how. What is answered comes from a
 * {@link org.portolan.control.command.RouterView}, which reads shared tables and never stops a worker. What is changed
 * goes through a {@link org.portolan.control.command.NeighborEditor} to control's thread, with the name of the user who
 * asked and of their login: the kernel's word about the socket's other end, not the asker's ({@link
 * org.portolan.control.command.SocketUser}). What was, is asked of a {@link
 * org.portolan.control.history.query.HistoryQuery} ({@code arp --at, log, who, graph}); times go over the wire as
 * seconds since 1970, and the asker's time zone beside them, so that what people write and read is theirs.
 */
package org.portolan.control.command;
