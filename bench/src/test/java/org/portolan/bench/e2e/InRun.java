package org.portolan.bench.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Temporary directories where each user may pass, and nobody else may write on the way. */
public final class InRun implements TempDirFactory {
    @Override
    public Path createTempDirectory(final AnnotatedElementContext element, final ExtensionContext test)
            throws IOException {
        return Files.createTempDirectory(Path.of("/run"), "portolan-test-");
    }
}
