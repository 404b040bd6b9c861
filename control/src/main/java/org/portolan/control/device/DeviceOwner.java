package org.portolan.control.device;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.portolan.control.config.Config;
import org.portolan.dataplane.system.DeviceClaim;
import org.portolan.dataplane.system.Errno;
import org.portolan.dataplane.system.LibcException;
import org.portolan.dataplane.system.NetworkDevice;

/** Claims devices for this router. Two routers on one device would each answer and forward every frame. */
public final class DeviceOwner {
    private static final Path SOCKETS = Path.of("/proc/net/unix");
    private static final int INODE_FIELD = 6;
    private static final int NAME_FIELD = 7;

    private DeviceOwner() {}

    /**
     * Claims the device of an interface.
     *
     * @throws IOException when another router has it; the message names that router's process where this one may see it
     */
    public static DeviceClaim claim(final Config.Interface asked, final NetworkDevice device) throws IOException {
        try {
            return DeviceClaim.take(device.index());
        } catch (final LibcException e) {
            if (e.errno() != Errno.EADDRINUSE) {
                throw e;
            }
            throw new IOException(
                    "interfaces.%s.device: %s has a router already%s. A device has one router: stop that one first"
                            .formatted(
                                    asked.name(),
                                    device.name(),
                                    holder(device.index())
                                            .map(pid -> ", process " + pid)
                                            .orElse("")),
                    e);
        }
    }

    /** The process that has the claim; none when it is another user's and this process may not look. */
    private static Optional<String> holder(final int deviceIndex) {
        try {
            return inode(Files.readAllLines(SOCKETS), DeviceClaim.name(deviceIndex))
                    .flatMap(inode -> processWith("socket:[" + inode + "]"));
        } catch (final IOException e) {
            return Optional.empty();
        }
    }

    /** The inode of an abstract socket in the lines of /proc/net/unix. */
    static Optional<String> inode(final List<String> lines, final String name) {
        return lines.stream()
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields.length > NAME_FIELD && fields[NAME_FIELD].equals("@" + name))
                .map(fields -> fields[INODE_FIELD])
                .findFirst();
    }

    private static Optional<String> processWith(final String link) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (final Path process : processes) {
                if (has(process, link)) {
                    return Optional.of(process.getFileName().toString());
                }
            }
        } catch (final IOException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /** A process that ends while it is looked at, or that another user runs, has nothing to show. */
    private static boolean has(final Path process, final String link) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (final Path descriptor : descriptors) {
                if (Files.readSymbolicLink(descriptor).toString().equals(link)) {
                    return true;
                }
            }
        } catch (final IOException | java.nio.file.DirectoryIteratorException e) {
            return false;
        }
        return false;
    }
}
