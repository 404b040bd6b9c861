package org.portolan.bench.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.portolan.bench.lab.Namespace;

/**
 * Makes namespaces, so it needs root or a user namespace that maps to it: skipped, with that reason, only where
 * neither is given.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsRoot.Condition.class)
public @interface NeedsRoot {
    /** The one reason to skip. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(final ExtensionContext context) {
            return Namespace.isRoot()
                    ? ConditionEvaluationResult.enabled("runs as root")
                    : ConditionEvaluationResult.disabled(
                            "network namespaces need root: run the tests as root, or inside `unshare -Urnm` with a tmpfs on /run");
        }
    }
}
