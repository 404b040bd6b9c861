package org.portolan.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program in a process of its own, with the options that its manifest stands for. */
@Timeout(60)
final class PortolanTest {
    @TempDir
    private Path directory;

    @Test
    void shouldPrintNoWarningOfTheJvmThoughNativeCodeIsLoaded() throws Exception {
        final Path file = Files.writeString(directory.resolve("edge.toml"), """
            [interfaces.lan]
            device = "eth1"
            role = "inside"
            address = "192.168.1.1/24"
            [interfaces.wan]
            device = "eth0"
            role = "outside"
            address = "203.0.113.2/24"
            [[routes]]
            destination = "0.0.0.0/0"
            via = "203.0.113.1"
            [control]
            user = "root" # asks JNR-POSIX
            """);
        assertThat(run("check", file.toString())).isEqualTo(0);
        assertThat(text("err")).isEmpty();
        assertThat(text("out")).isEqualTo(file + ": valid: 2 interfaces, 1 route, 1 outside address, 0 forwards\n");
    }

    @Test
    void shouldTellTheShellHowItEnded() throws Exception {
        assertThat(run("version")).isEqualTo(0);
        assertThat(run("stats", "--socket", directory.resolve("none").toString()))
                .isEqualTo(1);
        assertThat(text("err")).hasLineCount(1).startsWith("portolan stats: no router is running");
        assertThat(run("status")).isEqualTo(2);
        assertThat(text("err")).isEqualTo("portolan: unknown verb status, did you mean stats?\nTry: portolan help\n");
    }

    private int run(final String... words) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "org.portolan.control.Portolan"));
        command.addAll(List.of(words));
        final ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(file("out")).redirectError(file("err"));
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("PORTOLAN_") || name.endsWith("JAVA_TOOL_OPTIONS"));
        final Process process = builder.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private File file(final String name) {
        return directory.resolve(name).toFile();
    }

    private String text(final String name) throws IOException {
        return Files.readString(file(name).toPath(), StandardCharsets.UTF_8);
    }
}
