package org.portolan.control.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.config.SystemUser;
import org.portolan.dataplane.system.UnixPeer;

/** A real socket whose other end is this process, and a /proc of the test's own that tells its login. */
final class SocketUserTest {
    private static final int NOBODY = 65_534;
    private static final int NAMELESS = 4_000_000;

    @TempDir
    private Path proc;

    private ServerSocketChannel server;
    private SocketChannel client;
    private SocketChannel accepted;
    private UnixPeer peer;

    @BeforeEach
    void connect() throws IOException {
        final UnixDomainSocketAddress address = UnixDomainSocketAddress.of(proc.resolve("s"));
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(address);
        client = SocketChannel.open(address);
        accepted = server.accept();
        peer = UnixPeer.of(SocketDescriptor.of(accepted));
    }

    @AfterEach
    void hangUp() throws IOException {
        peer.close();
        accepted.close();
        client.close();
        server.close();
    }

    private SocketUser user(final String loginUid) throws IOException {
        final Path process = Files.createDirectories(proc.resolve(Integer.toString(peer.pid())));
        Files.writeString(process.resolve("loginuid"), loginUid);
        return SocketUser.of(peer, proc);
    }

    private static String userName() {
        return System.getProperty("user.name");
    }

    @Test
    void shouldKnowTheProcessAtTheOtherEnd() throws IOException {
        assertThat(peer.pid()).isEqualTo((int) ProcessHandle.current().pid());
        assertThat(peer.uid()).isEqualTo(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        assertThat(peer.pidfd()).isNotEqualTo(UnixPeer.ENDED);
        assertThat(peer.isRunning()).isEqualTo(peer.pidfd() >= 0);
    }

    @Test
    void shouldTellWhoLoggedInBesideTheUser() throws IOException {
        assumeTrue(peer.uid() != NOBODY);
        assertThat(user(NOBODY + "\n").text(accepted))
                .isEqualTo("%s (login %s)".formatted(userName(), SystemUser.nameOf(NOBODY)));
    }

    @Test
    void shouldTellALoginWithoutANameByItsNumber() throws IOException {
        assertThat(user("" + NAMELESS).text(accepted)).isEqualTo(userName() + " (login 4000000)");
    }

    @Test
    void shouldTellTheUserAloneWhoLoggedInAsThemselves() throws IOException {
        assertThat(user("" + peer.uid()).text(accepted)).isEqualTo(userName());
    }

    /** Else the next start would take their pins for those of the config. */
    @Test
    void shouldTellAUserOfTheConfigsNameByTheNumberToo() {
        assertThat(new SocketUser(1_001, SocketUser.UNSET).text("config")).isEqualTo("config (uid 1001)");
        assertThat(new SocketUser(1_001, 1_001).text("config")).isEqualTo("config (uid 1001)");
        assertThat(new SocketUser(1_001, 0).text("config")).isEqualTo("config (login root)");
        assertThat(new SocketUser(1_001, SocketUser.UNSET).text("alice")).isEqualTo("alice");
    }

    @Test
    void shouldTellTheUserAloneWhenNobodyLoggedIn() throws IOException {
        assertThat(user("4294967295").text(accepted)).isEqualTo(userName());
        assertThat(user("no number").text(accepted)).isEqualTo(userName());
        assertThat(SocketUser.of(peer, proc.resolve("without-audit")).text(accepted))
                .isEqualTo(userName());
    }

    @Test
    void shouldNotBelieveALoginOfAProcessThatHasEnded() throws Exception {
        final Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        final UnixPeer gone = new UnixPeer((int) ended.pid(), peer.uid(), UnixPeer.ENDED);
        final Path process = Files.createDirectories(proc.resolve(Long.toString(ended.pid())));
        Files.writeString(process.resolve("loginuid"), "" + NOBODY);
        assertThat(SocketUser.of(gone, proc)).isEqualTo(new SocketUser(peer.uid(), SocketUser.UNSET));
    }

    @Test
    void shouldNotBelieveALoginOfAnotherUsersProcessOnAnOldKernel() throws IOException {
        user("" + NOBODY);
        final UnixPeer same = new UnixPeer(peer.pid(), peer.uid(), UnixPeer.NONE);
        assertThat(SocketUser.of(same, proc).loginUid()).isEqualTo(NOBODY);
        final UnixPeer other = new UnixPeer(peer.pid(), peer.uid() + 1, UnixPeer.NONE);
        assertThat(SocketUser.of(other, proc).loginUid()).isEqualTo(SocketUser.UNSET);
    }

    @Test
    void shouldFitIntoTheHistorysWords() throws IOException {
        final SocketUser longest = new SocketUser(peer.uid(), NOBODY);
        assertThat(longest.text(accepted).length()).isLessThanOrEqualTo(64);
        assertThat("x".repeat(27) + " (login " + "y".repeat(27) + ")").hasSize(63);
    }
}
