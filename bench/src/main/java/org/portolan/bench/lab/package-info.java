/**
 * A private network on one machine: client, router and server in network namespaces, joined by veth pairs.
 *
 * <pre>
 *   client                         router                          server
 *   192.168.1.10 eth ---------- lan      wan ---------- eth 203.0.113.1
 *                     192.168.1.1          203.0.113.2      198.51.100.1 (on lo, behind it)
 * </pre>
 *
 * <p>{@link org.portolan.bench.lab.Lab} builds it with default offloads: what the kernel hands over by default is what
 * a router must cope with. The router's devices carry no address of the kernel's and the kernel does not forward there;
 * who stands in the middle is a {@link org.portolan.bench.lab.DeviceUnderTest}: the router's own process
 * ({@link org.portolan.bench.lab.PortolanProcess}) or, to compare with, the kernel's NAT
 * ({@link org.portolan.bench.lab.KernelNat}). With more than one host on a side, that side is a bridge in a namespace
 * of its own.
 *
 * <p>Namespaces are made with {@code ip netns}, so the lab works as root and equally in
 * {@code unshare --user --map-root-user --net --mount} with a tmpfs on /run. Java code enters one by {@code setns} on a
 * thread of its own ({@link org.portolan.bench.lab.Namespace#call}): a socket always belongs to the namespace of the
 * thread that made it. Everything goes when the lab is closed, and a shutdown hook closes what an interrupted run left
 * open.
 */
package org.portolan.bench.lab;
