/**
 * How a router begins and ends as a process: whose files it uses and where it puts its own ({@link
 * org.portolan.control.start.Places}), what it may do ({@link org.portolan.control.start.Privileges}), the threads that
 * it cannot do without ({@link org.portolan.control.start.VitalThreads}), and why it ends ({@link
 * org.portolan.control.start.EndSignal}).
 *
 * <p>Until the user has changed, the process is root in directories that may belong to somebody else. So each file that
 * is made, given away or opened there is reached by descriptor, and no symbolic link is followed that root did not make.
 */
package org.portolan.control.start;
