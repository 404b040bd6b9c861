/**
 * Control: everything that may wait. It reads the config, opens what needs privileges, starts the workers, and from
 * then on speaks to them only through rings and reads their counters.
 *
 * <p>{@link org.portolan.control.Portolan} is the program: {@code run} becomes the router, every other verb is a short
 * visit that checks a file or asks a running router over its socket. {@link org.portolan.control.Router} is one run of
 * the router, from a checked config to a clean end. {@link org.portolan.control.Controller} is the control thread.
 *
 * <p>The rooms beside them, from the ground up; each knows only rooms that are listed before it.
 *
 * <ul>
 *   <li>{@code log}: the log, and the terminal.
 *   <li>{@code config}: parse and check the config.
 *   <li>{@code expiry}: idle sessions end; the operator hears when sessions are refused or nearly full.
 *   <li>{@code device}: the kernel's devices, at start and while the router runs.
 *   <li>{@code latency}: the worker's counts, made histograms and written.
 *   <li>{@code start}: privileges, directories, and what one run opens.
 *   <li>{@code policy}: another policy while the router runs.
 *   <li>{@code history}: the router's memory, a git repository.
 *   <li>{@code text}: how text is laid out for people: tables, styles, times.
 *   <li>{@code arp}: ARP on the wire, and neighbors that are pinned or remembered.
 *   <li>{@code view}: the running router as its operators see it.
 *   <li>{@code answer}: what a verb prints.
 *   <li>{@code admin}: the socket and its protocol.
 *   <li>{@code verb}: the command line, one class for each verb.
 *   <li>{@code replay}: the router on recorded frames.
 * </ul>
 */
package org.portolan.control;
