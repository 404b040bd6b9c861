/**
 * The history as a git repository on the disk: opened and checked, written in durable batches, read as tables.
 *
 * <p>Form of the tree: {@code portolan} names the schema; {@code arp/<realm>/<segment>/<a.b.c>/<d>} is one binding, see
 * {@link org.portolan.control.history.record.BindingText}. A change rewrites one file of some 200 bytes and the five
 * directories above it, of which only two can be long (256 lines each).
 *
 * <p>Durable means: the pack and its index are on the disk, their directory is, and then the ref, written beside and
 * renamed, is too. A crash before the last step leaves a pack that nothing points to, and the ref where it was. The
 * pack is written beside the repository ({@code writing/}) and comes in with a file {@code .keep}, which goes when the
 * refs have moved: until then {@code git gc} would delete it. What a peer sent is read where it lies ({@link
 * org.portolan.control.history.store.Incoming}), and its pack comes in together with the batch's own. Once primary has
 * moved the batch is written, whatever fails behind that ({@link
 * org.portolan.control.history.store.HistoryRepository#trouble}).
 *
 * <p>One thread writes ({@link org.portolan.control.history.store.HistoryRepository#batch}); any thread may read
 * through {@link org.portolan.control.history.store.HistoryRepository#git}.
 */
package org.portolan.control.history.store;
