package org.portolan.bench.conformance;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rows of docs/conformance.md, and what is wrong with them. */
final class ConformanceTable {
    static final String HEAD = "| requirement | strength | what it asks | what Portolan does | status | tests | why |";

    private static final Set<String> STRENGTHS = Set.of("must", "should", "recommended", "may");
    private static final String HOLDS = "holds";
    private static final Set<String> STATUSES = Set.of(HOLDS, "in part", "not yet", "departs");
    private static final Pattern QUOTED = Pattern.compile("`([^`]*)`");
    private static final Pattern TEST = Pattern.compile("(\\w+)\\.(\\w+)");
    private static final int CELLS = 7;

    private final List<List<String>> rows = new ArrayList<>();

    /** Reads every table that has {@link #HEAD}; other tables and the prose are passed over. */
    ConformanceTable(final String markdown) {
        boolean inTable = false;
        for (final String line : markdown.lines().toList()) {
            if (line.equals(HEAD)) {
                inTable = true;
            } else if (!line.startsWith("|")) {
                inTable = false;
            } else if (inTable && !line.startsWith("|-")) {
                rows.add(cells(line));
            }
        }
    }

    private static List<String> cells(final String line) {
        final List<String> cells = new ArrayList<>();
        for (final String cell : line.substring(1).split("\\|", -1)) {
            cells.add(cell.strip());
        }
        // What follows the last bar.
        cells.removeLast();
        return cells;
    }

    int size() {
        return rows.size();
    }

    /**
     * What is wrong, one sentence for each fault, which begins with the row's requirement.
     *
     * @param required the requirements that have a row each, and no others
     */
    List<String> problems(final TestSources tests, final List<String> required) {
        final List<String> problems = new ArrayList<>();
        final Set<String> seen = new HashSet<>();
        for (final List<String> row : rows) {
            final String requirement = row.isEmpty() ? "" : row.getFirst();
            if (row.size() != CELLS) {
                problems.add("%s: has %d cells, not %d".formatted(requirement, row.size(), CELLS));
            } else {
                addProblems(problems, requirement, row, tests);
            }
            if (!seen.add(requirement)) {
                problems.add(requirement + ": has two rows");
            } else if (!required.contains(requirement)) {
                problems.add(requirement + ": is not in the list of requirements");
            }
        }
        required.stream()
                .filter(each -> !seen.contains(each))
                .map(each -> each + ": has no row")
                .forEach(problems::add);
        return problems;
    }

    private static void addProblems(
            final List<String> problems, final String requirement, final List<String> row, final TestSources tests) {
        final String strength = row.get(1);
        final String status = row.get(4);
        if (!STRENGTHS.contains(strength)) {
            problems.add("%s: strength '%s' is unknown".formatted(requirement, strength));
        }
        if (row.get(2).isEmpty() || row.get(3).isEmpty()) {
            problems.add(requirement + ": does not say what is asked or what is done");
        }
        if (!STATUSES.contains(status)) {
            problems.add("%s: status '%s' is unknown".formatted(requirement, status));
        } else if (!status.equals(HOLDS) && row.get(6).isEmpty()) {
            problems.add("%s: '%s' without saying why".formatted(requirement, status));
        }
        final List<String> names = new ArrayList<>();
        final Matcher quoted = QUOTED.matcher(row.get(5));
        while (quoted.find()) {
            names.add(quoted.group(1));
        }
        if (names.isEmpty()) {
            problems.add(requirement + ": names no test");
        }
        for (final String name : names) {
            final Matcher test = TEST.matcher(name);
            if (!test.matches()) {
                problems.add("%s: '%s' is not ClassName.methodName".formatted(requirement, name));
            } else if (!tests.hasClass(test.group(1))) {
                problems.add("%s: there is no test class %s".formatted(requirement, test.group(1)));
            } else if (!tests.hasTest(test.group(1), test.group(2))) {
                problems.add("%s: there is no test %s".formatted(requirement, name));
            }
        }
    }
}
