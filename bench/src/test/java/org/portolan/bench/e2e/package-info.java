/**
 * The router end to end: its own process between real sockets, in network namespaces with default offloads. Needs
 * root.
 */
package org.portolan.bench.e2e;
