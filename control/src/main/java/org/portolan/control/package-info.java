/**
 * Control: everything that may wait. It reads the config, opens what needs privileges, starts the workers, and from
 * then on speaks to them only through rings and reads their counters.
 *
 * <p>{@link org.portolan.control.Portolan} is the program: {@code run} becomes the router, every other verb is a short
 * visit that checks a file or asks a running router over its socket. {@link org.portolan.control.Router} is one run of
 * the router, from a checked config to a clean end.
 */
package org.portolan.control;
