package org.portolan.control.history.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The git that everybody has, as the judge of what is written here. */
public final class StockGit {
    private static final int SECONDS = 60;

    private StockGit() {}

    /** Standard output; fails with both outputs when git does. */
    public static String run(final Path repository, final String... words) {
        final List<String> command =
                new ArrayList<>(List.of("git", "-c", "safe.directory=*", "-C", repository.toString()));
        command.addAll(List.of(words));
        try {
            final ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
            builder.environment().put("LC_ALL", "C");
            final Process process = builder.start();
            process.getOutputStream().close();
            final String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + "\n" + out);
            }
            return out;
        } catch (final IOException e) {
            throw new AssertionError(e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** {@code git fsck --strict}: no complaint but about what nothing points to. */
    public static void requireSound(final Path repository) {
        final String said = run(repository, "fsck", "--strict", "--full", "--no-progress", "--no-dangling");
        if (!said.isBlank()) {
            throw new AssertionError("git fsck: " + said);
        }
    }
}
