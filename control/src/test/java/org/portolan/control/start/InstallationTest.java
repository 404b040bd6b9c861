package org.portolan.control.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.config.SystemUser;

class InstallationTest {
    private static final SystemUser SOMEBODY = new SystemUser("somebody", 54_321, 54_321);

    @TempDir
    Path directory;

    private Path home;
    private Path jar;

    @BeforeEach
    void install() throws IOException {
        home = Files.createDirectory(directory.resolve("home"));
        jar = Files.createFile(home.resolve("portolan.jar"));
        allow(directory, "rwxr-xr-x");
        allow(home, "rwxr-xr-x");
        allow(jar, "rw-r--r--");
    }

    private static void allow(final Path path, final String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private static Optional<String> refusal(final Path part, final SystemUser user) throws IOException {
        return new Installation(List.of(part)).refusal(user);
    }

    private SystemUser owner() throws IOException {
        return new SystemUser("owner", (int) Files.getAttribute(jar, "unix:uid"), 54_321);
    }

    private SystemUser inItsGroup() throws IOException {
        return new SystemUser("colleague", 54_321, (int) Files.getAttribute(jar, "unix:gid"));
    }

    @Test
    void shouldHaveNothingAgainstWhatEverybodyMayRead() throws IOException {
        assertThat(refusal(jar, SOMEBODY)).isEmpty();
        assertThat(refusal(home, SOMEBODY)).as("a directory of classes").isEmpty();
    }

    @Test
    void shouldNameTheDirectoryThatEndsTheWayAndTheRemedy() throws IOException {
        allow(home, "rwx------");
        assertThat(refusal(jar, SOMEBODY))
                .hasValue("control.user: somebody may not read " + jar + ", which the router runs from: " + home
                        + " is closed to it. Open it (chmod o+rx " + home
                        + "), or install the router where every user may read, such as /opt");
        assertThat(refusal(jar, owner())).isEmpty();
        assertThat(refusal(jar, inItsGroup())).isNotEmpty();
    }

    @Test
    void shouldNameAFileThatIsClosedItself() throws IOException {
        allow(jar, "rw-r-----");
        assertThat(refusal(jar, SOMEBODY))
                .get()
                .asString()
                .contains(jar + " is closed")
                .contains("chmod o+r " + jar);
        assertThat(refusal(jar, inItsGroup())).isEmpty();
    }

    @Test
    void shouldPassThroughADirectoryThatCannotBeListed() throws IOException {
        allow(home, "rwx--x--x");
        assertThat(refusal(jar, SOMEBODY)).isEmpty();
        assertThat(refusal(home, SOMEBODY)).as("a directory of classes").isNotEmpty();
    }

    @Test
    void shouldFollowALinkToWhereItLeads() throws IOException {
        final Path link = Files.createSymbolicLink(directory.resolve("link.jar"), jar);
        allow(home, "rwx------");
        assertThat(refusal(link, SOMEBODY)).get().asString().contains(home.toRealPath() + " is closed");
    }

    @Test
    void shouldKnowTheClassesAndTheJavaOfThisProcess() {
        assertThat(Installation.ofProcess().parts())
                .anyMatch(part -> part.startsWith(System.getProperty("java.home")))
                .hasSizeGreaterThan(1)
                .allMatch(Path::isAbsolute);
    }
}
