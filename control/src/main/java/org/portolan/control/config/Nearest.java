package org.portolan.control.config;

import java.util.Collection;
import java.util.Locale;

/** "Did you mean": the candidate that is a slip of the finger away. */
public final class Nearest {
    private static final int LONGEST_CHARS = 64;

    private Nearest() {}

    /** The candidate closest to {@code word}, case aside, or an empty string when none is close. */
    public static String to(final String word, final Collection<String> candidates) {
        if (word.length() > LONGEST_CHARS) {
            return "";
        }
        final String lower = word.toLowerCase(Locale.ROOT);
        String best = "";
        int bestDistance = Integer.MAX_VALUE;
        for (final String candidate : candidates) {
            final int distance = distance(lower, candidate.toLowerCase(Locale.ROOT));
            final int tolerated = Math.max(1, Math.min(word.length(), candidate.length()) / 3);
            if (distance < bestDistance && distance <= tolerated) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best;
    }

    /** Edits between two words, a swap of neighbors counted as one (Damerau, restricted). */
    private static int distance(final String a, final String b) {
        final int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            cost[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            cost[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                final int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int least = Math.min(cost[i - 1][j] + 1, cost[i][j - 1] + 1);
                least = Math.min(least, cost[i - 1][j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    least = Math.min(least, cost[i - 2][j - 2] + 1);
                }
                cost[i][j] = least;
            }
        }
        return cost[a.length()][b.length()];
    }
}
