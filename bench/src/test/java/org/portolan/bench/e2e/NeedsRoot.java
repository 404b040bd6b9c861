package org.portolan.bench.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Makes namespaces, so it needs root or a user namespace that maps to it: skipped, with that reason, only where neither is given. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsRoot.Condition.class)
public @interface NeedsRoot {
    /** Root by the effective user id, the second number of the Uid line. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(final ExtensionContext context) {
            return isRoot()
                    ? ConditionEvaluationResult.enabled("runs as root")
                    : ConditionEvaluationResult.disabled(
                            "network namespaces need root: run the tests as root, or inside `unshare -Urnm` with a tmpfs on /run");
        }

        private static boolean isRoot() {
            try (var lines = Files.lines(Path.of("/proc/self/status"))) {
                final Optional<String> user = lines.filter(line -> line.startsWith("Uid:")).findFirst();
                return user.isPresent() && user.get().split("\\s+")[2].equals("0");
            } catch (final java.io.IOException e) {
                return false;
            }
        }
    }
}
