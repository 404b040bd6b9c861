package org.portolan.dataplane.io.tap;

import org.portolan.dataplane.io.VirtioHeader;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Errno;
import org.portolan.dataplane.system.Libc;
import org.portolan.dataplane.system.LibcDevice;
import org.portolan.dataplane.system.LibcException;

/** A tap of /dev/net/tun (Documentation/networking/tuntap.rst, drivers/net/tun.c). */
final class TunFile implements TapFile {
    private static final String DEVICE_FILE = "/dev/net/tun";

    // include/uapi/linux/if_tun.h
    private static final long TUNSETIFF = 0x400454CAL;
    private static final long TUNSETOFFLOAD = 0x400454D0L;
    private static final long TUNGETIFF = 0x800454D2L;
    private static final long TUNSETVNETHDRSZ = 0x400454D8L;
    private static final int IFF_TAP = 0x0002;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;
    private static final int TUN_F_CSUM = 0x01;
    private static final int TUN_F_TSO4 = 0x02;
    private static final int TUN_F_TSO_ECN = 0x08;
    /** UDP segmentation, both kinds together; since Linux 6.2. */
    private static final int TUN_F_USO = 0x20 | 0x40;

    // include/uapi/linux/sockios.h, struct ifreq
    private static final long SIOCGIFHWADDR = 0x8927L;
    private static final int IFREQ_BYTES = 40;
    private static final int NAME_BYTES = 16;
    private static final int FLAGS_OFFSET = 16;
    private static final int MAC_OFFSET = 18;

    private final int fd;
    private final Slab request;

    /**
     * Makes the tap of that name, or takes one that exists and that no process has.
     *
     * @throws LibcException with the remedy
     */
    TunFile(final String name) {
        fd = openDeviceFile();
        request = Slab.allocate(IFREQ_BYTES, "struct ifreq");
        try {
            attach(name);
            Memory.putInt(request.address(), VirtioHeader.BYTES);
            require(TUNSETVNETHDRSZ, request.address(), "TUNSETVNETHDRSZ on " + name);
            final int usual = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO_ECN;
            if (LibcDevice.ioctl(fd, TUNSETOFFLOAD, usual | TUN_F_USO) != 0) {
                require(TUNSETOFFLOAD, usual, "TUNSETOFFLOAD on " + name);
            }
        } catch (final RuntimeException e) {
            close();
            throw e;
        }
    }

    private static int openDeviceFile() {
        final int fd = LibcDevice.tryOpen(DEVICE_FILE, Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
        if (fd < 0) {
            throw new LibcException(
                    "open(\"" + DEVICE_FILE + "\")",
                    -fd,
                    switch (-fd) {
                        case Errno.ENOENT, Errno.ENODEV, Errno.ENXIO ->
                            "A tap needs the kernel's tun driver: modprobe tun; in a container, pass the device file in (docker run"
                                    + " --device " + DEVICE_FILE + ")";
                        case Errno.EPERM, Errno.EACCES ->
                            "A tap needs this file: chmod 0666 " + DEVICE_FILE
                                    + ", as most systems have it; in a container, pass" + " it in (docker run --device "
                                    + DEVICE_FILE + ")";
                        default -> "";
                    });
        }
        return fd;
    }

    private void attach(final String name) {
        putName(name);
        Memory.putShort(request.address() + FLAGS_OFFSET, (short) (IFF_TAP | IFF_NO_PI | IFF_VNET_HDR));
        final int errno = LibcDevice.ioctl(fd, TUNSETIFF, request.address());
        if (errno != 0) {
            throw new LibcException(
                    "ioctl(TUNSETIFF, \"%s\")".formatted(name),
                    errno,
                    switch (errno) {
                        case Errno.EPERM ->
                            "To make a tap needs CAP_NET_ADMIN. Without it, have root make one for the router's user: ip tuntap add"
                                    + " dev %s mode tap user USER vnet_hdr".formatted(name);
                        case Errno.EBUSY ->
                            "Another process has this tap, and a tap has one: stop that process, or name another device";
                        case Errno.EINVAL ->
                            "There is a device %s of another kind, or a tap with several queues: name another device"
                                    .formatted(name);
                        default -> "";
                    });
        }
    }

    private void putName(final String name) {
        Memory.zero(request.address(), IFREQ_BYTES);
        for (int i = 0; i < Math.min(name.length(), NAME_BYTES - 1); i++) {
            Memory.putU8(request.address() + i, name.charAt(i));
        }
    }

    private void require(final long call, final long argument, final String what) {
        final int errno = LibcDevice.ioctl(fd, call, argument);
        if (errno != 0) {
            throw new LibcException("ioctl(%s)".formatted(what), errno, "");
        }
    }

    @Override
    public long read(final long address, final long bytes) {
        return LibcDevice.tryRead(fd, address, bytes);
    }

    @Override
    public long write(final long vector) {
        return LibcDevice.writev(fd, vector, 2);
    }

    @Override
    public String name() {
        Memory.zero(request.address(), IFREQ_BYTES);
        if (LibcDevice.ioctl(fd, TUNGETIFF, request.address()) != 0) {
            return null;
        }
        final StringBuilder name = new StringBuilder();
        for (int i = 0; i < NAME_BYTES && Memory.u8(request.address() + i) != 0; i++) {
            name.append((char) Memory.u8(request.address() + i));
        }
        return name.toString();
    }

    @Override
    public long kernelMac() {
        Memory.zero(request.address(), IFREQ_BYTES);
        return LibcDevice.ioctl(fd, SIOCGIFHWADDR, request.address()) == 0
                ? Memory.u48(request.address() + MAC_OFFSET)
                : 0;
    }

    @Override
    public int descriptor() {
        return fd;
    }

    @Override
    public void close() {
        Libc.close(fd);
        request.close();
    }
}
