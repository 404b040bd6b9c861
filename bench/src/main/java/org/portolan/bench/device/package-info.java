/**
 * The devices that are compared, behind one small interface: {@link org.portolan.bench.device.DeviceKind}. All get the
 * same {@link org.portolan.bench.device.Terms}: sessions to hold, the pool of outside addresses, the topology of a lab
 * of their own. Another NAT is one file.
 */
package org.portolan.bench.device;
