package org.portolan.bench.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The tests of all modules, read from their sources: the name of each class, and the methods that a test engine runs.
 * It relies on the formatter: an annotation has a line of its own, at the indentation of its method.
 */
final class TestSources {
    private static final String SUFFIX = ".java";
    private static final Pattern TEST =
            Pattern.compile("( *)@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|Property)\\b.*");
    private static final Pattern METHOD = Pattern.compile("(\\w+)\\(");

    private final Map<String, Set<String>> tests = new HashMap<>();

    /** @throws AssertionError a directory cannot be read */
    static TestSources of(final List<Path> directories) {
        final TestSources sources = new TestSources();
        for (final Path directory : directories) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (final Path file :
                        files.filter(each -> each.toString().endsWith(SUFFIX)).toList()) {
                    final String name = file.getFileName().toString();
                    sources.add(name.substring(0, name.length() - SUFFIX.length()), Files.readString(file));
                }
            } catch (final IOException e) {
                throw new AssertionError("cannot read " + directory, e);
            }
        }
        return sources;
    }

    /** Classes of one name in several packages count as one. */
    TestSources add(final String className, final String text) {
        final Set<String> ofClass = tests.computeIfAbsent(className, each -> new HashSet<>());
        String indentation = null;
        for (final String line : text.lines().toList()) {
            final Matcher test = TEST.matcher(line);
            if (test.matches()) {
                indentation = test.group(1);
            } else if (indentation != null && isDeclaration(line, indentation)) {
                final Matcher method = METHOD.matcher(line);
                if (method.find()) {
                    ofClass.add(method.group(1));
                }
                indentation = null;
            }
        }
        return this;
    }

    /** Not another annotation, a comment, or what continues one of them. */
    private static boolean isDeclaration(final String line, final String indentation) {
        return line.startsWith(indentation)
                && line.length() > indentation.length()
                && Character.isLetter(line.charAt(indentation.length()));
    }

    boolean hasClass(final String className) {
        return tests.containsKey(className);
    }

    boolean hasTest(final String className, final String method) {
        return tests.getOrDefault(className, Set.of()).contains(method);
    }

    /** How many tests there are. */
    int size() {
        return tests.values().stream().mapToInt(Set::size).sum();
    }
}
