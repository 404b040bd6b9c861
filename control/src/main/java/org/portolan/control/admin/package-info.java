/**
 * The socket on which a running router answers its operators, and the protocol on it, both ends.
 *
 * <pre>
 * client                                              router
 *   sessions --proto=tcp --limit=20 --json LF    -&gt;     {@link org.portolan.control.answer.Request}
 *                                                &lt;-     ok LF                (or: usage SENTENCE LF, error SENTENCE LF)
 *                                                &lt;-     the table or the JSON, as it is found
 *                                                &lt;-     SYN now and then while it searches, which carries nothing
 *                                                &lt;-     NUL, so that a cut answer is not taken for a whole one
 * </pre>
 *
 * <p>File permissions decide who may ask and change (the socket is 0660, its group is {@code control.group});
 * docs/socket.md tells other programs how. What may be asked is bounded in every direction:
 * {@link org.portolan.control.admin.AdminServer} says how. What is answered comes from a
 * {@link org.portolan.control.view.RouterView}, which reads shared tables and never stops a worker. What is changed
 * goes through a {@link org.portolan.control.view.NeighborEditor} to control's thread, with the name of the user who
 * asked and of their login: what the kernel knows about the socket's other end, not what the client says ({@link
 * org.portolan.control.admin.SocketUser}).
 *
 * <p>Read AdminServer first, then AdminConnection (one request) and AdminClient (the other end).
 */
package org.portolan.control.admin;
