/**
 * The running router as its operators see it, and what they may change.
 *
 * <p>{@link org.portolan.control.view.RouterView} is the list of what may be asked; the rows that it returns are plain
 * records. {@link org.portolan.control.view.RouterState} answers from the worker's counters and tables, which it reads
 * as they are and never stops. What belongs to the control thread it asks of that thread through {@link
 * org.portolan.control.view.Questions}: a bounded queue, and two seconds of patience. Changes take the same way
 * ({@link org.portolan.control.view.NeighborEditor}), so that each table has one writer.
 *
 * <p>Read RouterView first, then RouterState, Questions, NeighborCommands.
 */
package org.portolan.control.view;
