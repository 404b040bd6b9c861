/**
 * Devices that change under a running router, without a device and without root.
 *
 * <p>Fault kinds that are tried: a link that goes down and comes up; a device that vanishes and is made again; one that
 * another router has taken meanwhile; one that cannot be opened (EMFILE); a larger and a smaller MTU; a list of devices
 * that cannot be read (ENOBUFS); a command ring that is full before, between and after the two commands of a
 * change-over; a driver that the worker never took; a kernel address and forwarding switched on and off again.
 */
package org.portolan.control.device;
