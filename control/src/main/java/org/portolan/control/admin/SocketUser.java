package org.portolan.control.admin;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import jdk.net.ExtendedSocketOptions;
import org.portolan.control.config.SystemUser;
import org.portolan.control.history.Remembered;
import org.portolan.control.log.Printable;
import org.portolan.dataplane.system.UnixPeer;

/**
 * Who asks on a connection: the user of the process at the other end, and the user who once logged in to what became
 * that process. The first is root for everybody who uses sudo; the second stays (loginuid, pam_loginuid(8)).
 *
 * <p>The user is the kernel's word. So is the login of a user who logged in by PAM; root can forge it, and a service
 * may give itself one. The numbers are read when the connection is accepted, before anything may close it. A login
 * counts only if the process that connected still runs after its login was read: else its number may be another's by
 * now.
 *
 * @param loginUid {@link #UNSET} when nobody logged in, as for a service, or when it is not certain
 */
record SocketUser(int uid, int loginUid) {
    /** What the kernel calls an unset user: 4294967295. */
    static final int UNSET = -1;

    /** Both, in the words that surround the login, are to fit into 64 bytes. */
    private static final int LONGEST_NAME = 27;

    private static final Path PROC = Path.of("/proc");
    private static final SocketUser UNKNOWN = new SocketUser(UNSET, UNSET);

    /** Called by the thread that accepts, while no other knows the channel. */
    static SocketUser of(final SocketChannel channel) {
        final int descriptor = SocketDescriptor.of(channel);
        if (descriptor == SocketDescriptor.UNKNOWN) {
            return UNKNOWN;
        }
        try (UnixPeer peer = UnixPeer.of(descriptor)) {
            return of(peer, PROC);
        }
    }

    /** @param proc {@code /proc} */
    static SocketUser of(final UnixPeer peer, final Path proc) {
        final Path process = proc.resolve(Integer.toString(peer.pid()));
        try {
            final int loginUid = Integer.parseUnsignedInt(
                    Files.readString(process.resolve("loginuid")).strip());
            return new SocketUser(peer.uid(), isStill(peer, process) ? loginUid : UNSET);
        } catch (final IOException | NumberFormatException e) {
            // A kernel without audit, another pid namespace, or the process has ended.
            return new SocketUser(peer.uid(), UNSET);
        }
    }

    /** Before Linux 6.5 there is no descriptor, and a process of the same user is taken for the same process. */
    private static boolean isStill(final UnixPeer peer, final Path process) throws IOException {
        return peer.pidfd() == UnixPeer.NONE
                ? Files.getAttribute(process, "unix:uid").equals(peer.uid())
                : peer.isRunning();
    }

    /**
     * {@code alice}, or {@code root (login alice)}; a number for a user without a name. May ask a directory service, so
     * it is not for the thread that accepts.
     */
    String text(final SocketChannel channel) throws IOException {
        return text(channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName());
    }

    /**
     * A user whose name is that of the config has the number beside it: the config's pins are the config's to remove.
     */
    String text(final String user) {
        if (loginUid != UNSET && loginUid != uid) {
            return "%s (login %s)".formatted(cut(user), cut(SystemUser.nameOf(loginUid)));
        }
        return user.equals(Remembered.CONFIG) ? "%s (uid %d)".formatted(user, uid) : cut(user);
    }

    private static String cut(final String name) {
        final String safe = Printable.of(name);
        return safe.length() > LONGEST_NAME ? safe.substring(0, LONGEST_NAME) : safe;
    }
}
