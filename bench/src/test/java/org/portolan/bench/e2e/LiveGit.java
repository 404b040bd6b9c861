package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.PortolanProcess;

/** A router's history as git(1) reads it, while the router writes it. */
record LiveGit(Path repository) {
    static LiveGit of(final PortolanProcess router) {
        return new LiveGit(router.config().history().orElseThrow());
    }

    /** The repository may be another user's: git wants to be told that this is meant. */
    private List<String> command(final String... words) {
        final List<String> all = new ArrayList<>(List.of("git", "-c", "safe.directory=*", "-C", repository.toString()));
        all.addAll(List.of(words));
        return all;
    }

    String run(final String... words) {
        return Command.tryRun(command(words)).require().strip();
    }

    List<String> lines(final String... words) {
        final String output = run(words);
        return output.isEmpty() ? List.of() : output.lines().toList();
    }

    String head() {
        return run("rev-parse", "refs/heads/primary");
    }

    /** The whole table, as one id. */
    String table() {
        return run("rev-parse", "primary^{tree}");
    }

    /** Of every commit of primary, the newest first. */
    List<String> subjects() {
        return lines("log", "--format=%s", "primary");
    }

    List<String> parents(final String commit) {
        return List.of(run("log", "-1", "--format=%P", commit).split(" "));
    }

    /** The full id of the one commit with that subject. */
    String commit(final String subject) {
        final List<String> found = lines("log", "--format=%H %s", "primary").stream()
                .filter(line -> line.substring(line.indexOf(' ') + 1).equals(subject))
                .toList();
        assertThat(found).as(subject).hasSize(1);
        return found.getFirst().substring(0, found.getFirst().indexOf(' '));
    }

    boolean has(final String object) {
        return Command.tryRun(command("cat-file", "-e", object)).succeeded();
    }

    boolean isAncestor(final String earlier, final String later) {
        return Command.tryRun(command("merge-base", "--is-ancestor", earlier, later))
                .succeeded();
    }

    /** Dangling objects are what a batch that was cut short leaves, and no fault. */
    void assertSound() {
        final Command.Result fsck = Command.tryRun(command("fsck", "--strict", "--no-progress"));
        assertThat(fsck.exitCode()).as(fsck.output() + fsck.errors()).isZero();
        assertThat(fsck.errors()).isEmpty();
        assertThat(fsck.output().lines()).allMatch(line -> line.startsWith("dangling "));
    }
}
