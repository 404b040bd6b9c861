package org.portolan.control.history.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.control.history.query.SampleRouter;
import org.portolan.control.history.store.StockGit;

class PackReaderTest {
    private static final int ANY_LENGTH = Integer.MAX_VALUE;

    @TempDir
    Path directory;

    private SampleRouter edge;

    /** An object as JGit reads it. */
    private record Known(int type, byte[] bytes) {}

    /** How stock git may have packed a history. */
    private enum Packing {
        AS_WRITTEN,
        OFFSET_DELTAS,
        ID_DELTAS,
        WHOLE,
        LARGE_OFFSETS
    }

    @BeforeEach
    void live() throws IOException {
        edge = new SampleRouter(directory.resolve("edge-1.git"), "edge-1", SampleRouter.BEGIN_S);
        for (int i = 0; i < 600; i++) {
            edge.pass(7).learn(0xC0A80100 + i * 31 % 200, 0x025000000000L + i);
            if (i % 100 == 99) {
                edge.write();
            }
        }
    }

    @AfterEach
    void close() throws IOException {
        edge.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadEveryObjectInAnyOrder(final Packing packing) throws IOException {
        pack(packing);
        final Map<ObjectId, Known> all = all();
        assertThat(all).hasSizeGreaterThan(3_000);
        final List<ObjectId> ids = new ArrayList<>(all.keySet());
        requireSame(ids, all);
        Collections.shuffle(ids, new Random(1));
        requireSame(ids, all);
        try (PackReader reader = reader()) {
            ids.sort(Comparator.comparingLong(reader::find));
        }
        requireSame(ids, all);
    }

    @Test
    void shouldHaveReadDeltas() throws IOException {
        pack(Packing.OFFSET_DELTAS);
        final String said = StockGit.run(edge.path(), "verify-pack", "-v", index().toString());
        assertThat(said.lines()
                        .filter(line -> line.matches("[0-9a-f]{40} .*[0-9a-f]{40}"))
                        .count())
                .as("deltas among the objects")
                .isGreaterThan(500);
        assertThat(said).containsPattern("chain length = [1-9]\\d");
    }

    @Test
    void shouldNotFindWhatIsNotThere() throws IOException {
        pack(Packing.OFFSET_DELTAS);
        final Random random = new Random(1);
        try (PackReader reader = reader()) {
            for (final ObjectId id : all().keySet()) {
                final byte[] raw = new byte[Constants.OBJECT_ID_LENGTH];
                id.copyRawTo(raw, 0);
                raw[random.nextInt(raw.length)] ^= (byte) (1 << random.nextInt(8));
                assertThat(reader.find(ObjectId.fromRaw(raw))).isNegative();
            }
            assertThat(reader.find(ObjectId.zeroId())).isNegative();
            assertThat(reader.find(ObjectId.fromString("f".repeat(40)))).isNegative();
        }
    }

    @Test
    void shouldNotSayWhatWasNotAskedFor() throws IOException {
        try (PackReader reader = reader()) {
            all().forEach((id, known) -> {
                final int other = known.type == Constants.OBJ_BLOB ? Constants.OBJ_TREE : Constants.OBJ_BLOB;
                final long place = reader.find(id);
                assertThat(reader.read(place, other, ANY_LENGTH)).isNull();
                assertThat(reader.read(place, known.type, known.bytes.length - 1))
                        .isNull();
                assertThat(reader.read(place, known.type, known.bytes.length)).isEqualTo(known.bytes);
            });
        }
    }

    @Test
    void shouldLeaveAnIndexOfVersionOneToJgit() throws IOException {
        StockGit.run(edge.path(), "-c", "pack.indexVersion=1", "repack", "-a", "-d", "-f", "-q");
        final ObjectId any = all().keySet().iterator().next();
        try (PackReader reader = reader()) {
            assertThat(reader.find(any)).isNegative();
        }
    }

    @Test
    void shouldReadOnInPacksThatAreGone() throws IOException {
        pack(Packing.OFFSET_DELTAS);
        final Map<ObjectId, Known> all = all();
        try (PackReader reader = reader();
                PackReader late = reader()) {
            all.forEach((id, known) -> reader.read(reader.find(id), known.type, ANY_LENGTH));
            for (final Path file : files("")) {
                Files.delete(file);
            }
            all.forEach((id, known) -> {
                assertThat(reader.read(reader.find(id), known.type, ANY_LENGTH)).isEqualTo(known.bytes);
                assertThat(late.find(id)).isNegative();
            });
        }
    }

    @Test
    void shouldSayNothingWhenItIsClosed() throws IOException {
        final ObjectId any = all().keySet().iterator().next();
        final PackReader reader = reader();
        final long place = reader.find(any);
        reader.close();
        assertThat(reader.find(any)).isNegative();
        assertThat(reader.read(place, all().get(any).type, ANY_LENGTH)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {".pack", ".idx"})
    void shouldSurviveAnyDamage(final String extension) throws IOException {
        pack(Packing.OFFSET_DELTAS);
        final List<ObjectId> ids = new ArrayList<>(all().keySet());
        final Path file = files(extension).getFirst();
        assertThat(file.toFile().setWritable(true)).isTrue();
        final byte[] sound = Files.readAllBytes(file);
        final Random random = new Random(1);
        for (int round = 0; round < 300; round++) {
            Files.write(file, damaged(sound, random));
            try (PackReader reader = reader()) {
                for (int i = 0; i < 100; i++) {
                    requireBounded(reader, ids.get(random.nextInt(ids.size())));
                }
            }
        }
    }

    /** One that is cut off while it is read: a mapped file would be a fault of the process. */
    @ParameterizedTest
    @ValueSource(strings = {".pack", ".idx"})
    void shouldSurviveAFileThatIsCutOffUnderIt(final String extension) throws IOException {
        pack(Packing.OFFSET_DELTAS);
        final Map<ObjectId, Known> all = all();
        final Path file = files(extension).getFirst();
        assertThat(file.toFile().setWritable(true)).isTrue();
        try (PackReader reader = reader()) {
            final ObjectId any = all.keySet().iterator().next();
            assertThat(reader.read(reader.find(any), all.get(any).type, ANY_LENGTH))
                    .isNotNull();
            Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 2_000));
            int unknown = 0;
            for (final ObjectId id : all.keySet()) {
                final long place = reader.find(id);
                final byte[] read = place < 0 ? null : reader.read(place, all.get(id).type, ANY_LENGTH);
                unknown += read == null ? 1 : 0;
                assertThat(read == null || Arrays.equals(read, all.get(id).bytes))
                        .isTrue();
            }
            assertThat(unknown).isGreaterThan(all.size() / 2);
        }
    }

    @Test
    void shouldNotGoRoundInACircleOfDeltas() throws IOException {
        final ObjectId one = ObjectId.fromString("11".repeat(20));
        final ObjectId two = ObjectId.fromString("22".repeat(20));
        final byte[] copyNothing = {4, 4, 0, 0};
        final Path file = MadePack.write(
                directory, Map.of(one, MadePack.delta(two, copyNothing), two, MadePack.delta(one, copyNothing)));
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            try (PackReader reader = PackReader.of(List.of(file))) {
                assertThat(reader.find(one)).isNotNegative();
                assertThat(reader.read(reader.find(one), Constants.OBJ_BLOB, ANY_LENGTH))
                        .isNull();
            }
        });
    }

    /** Deltas that inflate well, and say anything. */
    @Test
    void shouldSurviveAnyDelta() throws IOException {
        final ObjectId whole = ObjectId.fromString("11".repeat(20));
        final ObjectId other = ObjectId.fromString("22".repeat(20));
        final Random random = new Random(1);
        int made = 0;
        for (int round = 0; round < 3_000; round++) {
            final byte[] delta = new byte[random.nextInt(2, 15)];
            random.nextBytes(delta);
            if (random.nextInt(4) > 0) {
                delta[0] = 4;
                delta[1] = (byte) random.nextInt(9);
            }
            // A size of many bytes, which may be not a size.
            for (int i = 1; random.nextInt(8) > 0 && i < delta.length - 1; i++) {
                delta[i] |= (byte) 0x80;
            }
            final Path file = MadePack.write(
                    directory, Map.of(whole, MadePack.blob(new byte[4]), other, MadePack.delta(whole, delta)));
            try (PackReader reader = PackReader.of(List.of(file))) {
                final byte[] read = reader.read(reader.find(other), Constants.OBJ_BLOB, 1_000);
                assertThat(read == null || read.length <= 1_000).isTrue();
                made += read == null ? 0 : 1;
                assertThat(reader.read(reader.find(whole), Constants.OBJ_BLOB, 4))
                        .isEqualTo(new byte[4]);
            }
        }
        assertThat(made).as("deltas that were well-formed by chance").isPositive();
    }

    private static byte[] damaged(final byte[] sound, final Random random) {
        if (random.nextInt(4) == 0) {
            return Arrays.copyOf(sound, random.nextInt(sound.length));
        }
        final byte[] bytes = sound.clone();
        // The heads of both files are short, and more is wrong there.
        final int range = random.nextBoolean() ? 2_000 : bytes.length;
        for (int i = random.nextInt(200); i >= 0; i--) {
            bytes[random.nextInt(range)] = (byte) random.nextInt();
        }
        return bytes;
    }

    private static void requireBounded(final PackReader reader, final ObjectId id) {
        final long place = reader.find(id);
        for (int type = 1; place >= 0 && type < 8; type++) {
            final byte[] read = reader.read(place, type, 1_000);
            assertThat(read == null || read.length <= 1_000).isTrue();
        }
    }

    private void pack(final Packing packing) throws IOException {
        switch (packing) {
            case AS_WRITTEN -> assertThat(files(".pack")).hasSizeGreaterThan(5);
            case OFFSET_DELTAS -> repack("repack.useDeltaBaseOffset=true", "--depth=50", "--window=20");
            case ID_DELTAS -> repack("repack.useDeltaBaseOffset=false", "--depth=50", "--window=20");
            case WHOLE -> repack("repack.useDeltaBaseOffset=true", "--depth=0", "--window=0");
            case LARGE_OFFSETS -> {
                repack("repack.useDeltaBaseOffset=true", "--depth=50", "--window=20");
                final Path index = index();
                Files.delete(index);
                StockGit.run(
                        edge.path(),
                        "index-pack",
                        "--index-version=2,0x40",
                        "-o",
                        index.toString(),
                        files(".pack").getFirst().toString());
            }
        }
    }

    private void repack(final String setting, final String depth, final String window) {
        StockGit.run(edge.path(), "-c", setting, "repack", "-a", "-d", "-f", "-q", depth, window);
    }

    private Path index() throws IOException {
        return files(".idx").getFirst();
    }

    private List<Path> files(final String extension) throws IOException {
        try (Stream<Path> files = Files.list(edge.path().resolve("objects/pack"))) {
            return files.filter(file -> file.toString().endsWith(extension)).toList();
        }
    }

    private PackReader reader() throws IOException {
        return PackReader.of(files(".pack"));
    }

    private void requireSame(final List<ObjectId> ids, final Map<ObjectId, Known> all) throws IOException {
        try (PackReader reader = reader()) {
            for (final ObjectId id : ids) {
                final Known known = all.get(id);
                assertThat(reader.read(reader.find(id), known.type, ANY_LENGTH))
                        .as(id.name())
                        .isEqualTo(known.bytes);
            }
        }
    }

    private Map<ObjectId, Known> all() throws IOException {
        final Map<ObjectId, Known> all = new TreeMap<>();
        try (Repository git = new FileRepositoryBuilder()
                        .setGitDir(edge.path().toFile())
                        .build();
                ObjectReader reader = git.newObjectReader()) {
            for (final String line : StockGit.run(edge.path(), "cat-file", "--batch-all-objects", "--batch-check")
                    .lines()
                    .toList()) {
                final ObjectId id = ObjectId.fromString(line.substring(0, 40));
                final ObjectLoader object = reader.open(id);
                all.put(id, new Known(object.getType(), object.getBytes()));
            }
        }
        return all;
    }
}
