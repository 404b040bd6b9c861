package org.portolan.bench.harness;

import org.portolan.control.text.UsageException;

/** A number on the command line, within its range; {@link UsageException} names option, value and range. */
public final class Amount {
    private Amount() {}

    /** @param text digits may be grouped by {@code _} */
    public static double real(final String option, final String text, final double least, final double most)
            throws UsageException {
        try {
            final double number = Double.parseDouble(text.replace("_", ""));
            if (number >= least && number <= most) {
                return number;
            }
        } catch (final NumberFormatException e) {
            // Said below.
        }
        throw new UsageException(
                "%s %s: a number from %s to %s is wanted".formatted(option, text, plain(least), plain(most)));
    }

    /** @param text digits may be grouped by {@code _} */
    public static long whole(final String option, final String text, final long least, final long most)
            throws UsageException {
        try {
            final long number = Long.parseLong(text.replace("_", ""));
            if (number >= least && number <= most) {
                return number;
            }
        } catch (final NumberFormatException e) {
            // Said below.
        }
        throw new UsageException("%s %s: a whole number from %d to %d is wanted".formatted(option, text, least, most));
    }

    private static String plain(final double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
