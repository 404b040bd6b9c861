package org.portolan.control.history.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.control.history.store.StockGit;

class PackedReaderTest {
    private static final int ENOUGH = 100;
    private static final byte[] TEXT = Constants.encodeASCII("state live");

    @TempDir
    Path directory;

    private FileRepository git;

    @BeforeEach
    void create() throws IOException {
        git = new FileRepository(directory.resolve("edge-1.git").toFile());
        git.create(true);
    }

    @AfterEach
    void close() {
        git.close();
    }

    private Path packs() {
        return git.getObjectDatabase().getPackDirectory().toPath();
    }

    private ObjectId loose(final byte[] bytes) throws IOException {
        try (ObjectInserter inserter = git.newObjectInserter()) {
            final ObjectId id = inserter.insert(Constants.OBJ_BLOB, bytes);
            inserter.flush();
            return id;
        }
    }

    @Test
    void shouldReadWhatIsInNoPack() throws IOException {
        final ObjectId id = loose(TEXT);
        try (PackedReader objects = new PackedReader(git)) {
            assertThat(objects.place(id)).isNegative();
            assertThat(objects.read(id, Constants.OBJ_BLOB, ENOUGH)).isEqualTo(TEXT);
        }
    }

    @Test
    void shouldReadWhatWasPackedSinceItWasOpened() throws IOException {
        final ObjectId id = loose(TEXT);
        try (PackedReader objects = new PackedReader(git)) {
            StockGit.run(git.getDirectory().toPath(), "prune-packed");
            StockGit.run(git.getDirectory().toPath(), "update-ref", "refs/tags/text", id.name());
            StockGit.run(git.getDirectory().toPath(), "repack", "-a", "-d", "-q");
            assertThat(objects.read(id, Constants.OBJ_BLOB, ENOUGH)).isEqualTo(TEXT);
        }
    }

    @Test
    void shouldGiveTheBeginningOfWhatIsTooLong() throws IOException {
        final ObjectId loose = loose(TEXT);
        final ObjectId packed = ObjectId.fromString("11".repeat(20));
        MadePack.write(packs(), Map.of(packed, MadePack.blob(TEXT)));
        try (PackedReader objects = new PackedReader(git)) {
            assertThat(objects.read(loose, Constants.OBJ_BLOB, 5)).asString().isEqualTo("state");
            assertThat(objects.read(packed, Constants.OBJ_BLOB, 5)).asString().isEqualTo("state");
            assertThat(objects.read(packed, Constants.OBJ_BLOB, ENOUGH)).isEqualTo(TEXT);
        }
    }

    @Test
    void shouldSayWhatIsWrong() throws IOException {
        final ObjectId blob = ObjectId.fromString("11".repeat(20));
        final ObjectId bad = ObjectId.fromString("22".repeat(20));
        final byte[] ofASizeThatIsNone = {10, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 1};
        MadePack.write(packs(), Map.of(blob, MadePack.blob(TEXT), bad, MadePack.delta(blob, ofASizeThatIsNone)));
        try (PackedReader objects = new PackedReader(git)) {
            assertThatThrownBy(() -> objects.read(blob, Constants.OBJ_TREE, ENOUGH))
                    .isInstanceOf(IncorrectObjectTypeException.class);
            assertThatThrownBy(() -> objects.read(ObjectId.zeroId(), Constants.OBJ_BLOB, ENOUGH))
                    .isInstanceOf(MissingObjectException.class);
            assertThatThrownBy(() -> objects.read(bad, Constants.OBJ_BLOB, ENOUGH))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(bad.name());
        }
    }
}
