/**
 * How a router begins and ends as a process.
 *
 * <p>Whose files it uses and where it puts its own ({@link org.portolan.control.start.Places}, {@link
 * org.portolan.control.start.RunFiles}), what it may do ({@link org.portolan.control.start.Privileges}), what one run
 * opens and allocates ({@link org.portolan.control.start.Dataplane}, with the config in the dataplane's terms in {@link
 * org.portolan.control.start.Tables}), the threads that it cannot do without ({@link
 * org.portolan.control.start.VitalThreads}), and why it ends ({@link org.portolan.control.start.EndSignal}).
 *
 * <p>Until the user has changed, the process is root in directories that may belong to somebody else. So each file that
 * is made, given away or opened there is reached by descriptor, and no symbolic link is followed that root did not
 * make.
 */
package org.portolan.control.start;
