package org.portolan.control.verb;

import org.portolan.control.config.Nearest;
import org.portolan.control.log.Printable;
import org.portolan.control.text.TimeText;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one sentence what is wrong with the words of a command line, and what was probably meant. */
public final class WrongWords {
    private WrongWords() {}

    /** A sentence without a full stop; what the person typed is printable in it. */
    public static String sentence(final ParameterException e) {
        final CommandLine command = e.getCommandLine();
        return command.getParent() == null ? onTop(e, command) : onVerb(e, command);
    }

    /** What to say of a word that is not a verb of {@code above}. */
    public static String unknownVerb(final String verb, final CommandLine above) {
        final String near = Nearest.to(verb, above.getSubcommands().keySet());
        return "unknown verb " + Printable.of(verb) + (near.isEmpty() ? "" : ", did you mean " + near + "?");
    }

    /** What to say of a second word that {@link TimeText#isSecondWord} knows. */
    static String timeWithoutQuotes(final String word) {
        return word + ": a time of two words needs quotes, as in --at \"2026-11-23 14:02\"";
    }

    private static String onTop(final ParameterException e, final CommandLine command) {
        if (e instanceof final UnmatchedArgumentException unmatched) {
            final String word = unmatched.getUnmatched().getFirst();
            return word.startsWith("-") ? "unknown option " + Printable.of(word) : unknownVerb(word, command);
        }
        return Printable.of(e.getMessage());
    }

    private static String onVerb(final ParameterException e, final CommandLine command) {
        if (e instanceof final UnmatchedArgumentException unmatched) {
            final String word = unmatched.getUnmatched().getFirst();
            if (TimeText.isSecondWord(word)) {
                return timeWithoutQuotes(word);
            }
            if (!word.startsWith("-")) {
                return "one word too many: " + Printable.of(word);
            }
            final String near =
                    Nearest.to(word, command.getCommandSpec().optionsMap().keySet());
            return "unknown option " + Printable.of(word) + (near.isEmpty() ? "" : ", did you mean " + near + "?");
        }
        if (e instanceof final MissingParameterException missing) {
            final CommandLine.Model.ArgSpec first = missing.getMissing().getFirst();
            return first.isOption()
                    ? ((CommandLine.Model.OptionSpec) first).longestName() + " needs a value"
                    : first.paramLabel() + " is missing";
        }
        return Printable.of(e.getMessage());
    }
}
