package org.portolan.control.log;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What a failed file operation means, in words that name the path. Java's message is often the bare path, or the
 * kernel's words without one, and a cause further down may be the true one.
 */
public final class FileFailure {
    /** The reason for what a lack of descriptors breaks, with the remedy. */
    public static final String NO_DESCRIPTOR =
            "too many files are open; raise the limit (ulimit -n, or LimitNOFILE= in a unit)";

    /** How the C library's words for EMFILE and ENFILE begin; the launcher sets the language. */
    private static final String TOO_MANY = "Too many open files";

    private static final int DEPTH = 8;

    private FileFailure() {}

    /** A sentence without its end, such as {@code /run/portolan: permission denied}. */
    public static String of(final IOException failure) {
        final String reason = reason(failure);
        final String file = failure instanceof final FileSystemException of ? of.getFile() : null;
        return file == null || reason.contains(file) ? reason : file + ": " + reason;
    }

    /** As {@link #of(IOException)}, naming this path where the failure names none. */
    public static String of(final Path path, final IOException failure) {
        final String sentence = of(failure);
        return sentence.contains(path.toString()) ? sentence : path + ": " + sentence;
    }

    /**
     * The reason alone.
     *
     * <p>A lack of descriptors is looked for in the causes too.
     */
    public static String reason(final IOException failure) {
        if (isLackOfDescriptors(failure)) {
            return NO_DESCRIPTOR;
        }
        final String words = switch (failure) {
            case AccessDeniedException denied -> "permission denied";
            case NoSuchFileException missing -> "there is no such file or directory";
            case FileAlreadyExistsException exists -> "it exists and is not what it should be";
            case NotDirectoryException file -> "it is no directory";
            case DirectoryNotEmptyException full -> "the directory is not empty";
            case FileSystemLoopException loop -> "symbolic links lead in a circle";
            case final FileSystemException other -> other.getReason();
            default -> failure.getMessage();
        };
        return words == null ? failure.getClass().getSimpleName() : lowerFirst(words);
    }

    /** The kernel's words begin with a capital letter. */
    private static String lowerFirst(final String words) {
        final boolean oneCapital = words.length() > 1
                && Character.isUpperCase(words.charAt(0))
                && Character.isLowerCase(words.charAt(1));
        return oneCapital && isKernels(words) ? words.substring(0, 1).toLowerCase(Locale.ROOT) + words.substring(1) : words;
    }

    private static boolean isKernels(final String words) {
        return words.startsWith("No space left")
                || words.startsWith("Read-only file system")
                || words.startsWith("Disk quota")
                || words.startsWith("Input/output")
                || words.startsWith("Operation not permitted")
                || words.startsWith("Not a directory")
                || words.startsWith("Is a directory")
                || words.startsWith("File too large")
                || words.startsWith("Stale file handle");
    }

    /** Whether it, or what caused it, was that this process or the machine has no descriptor left. */
    public static boolean isLackOfDescriptors(final Throwable failure) {
        Throwable each = failure;
        for (int depth = 0; each != null && depth < DEPTH; depth++) {
            if (String.valueOf(each.getMessage()).contains(TOO_MANY)) {
                return true;
            }
            each = each.getCause();
        }
        return false;
    }

    /**
     * Whether this process can open no file now: for a library that says "missing" of a file that it could not open.
     *
     * @param present a file that is there and can be read
     */
    public static boolean isLackOfDescriptorsNow(final Path present) {
        try {
            Files.newByteChannel(present).close();
            return false;
        } catch (final IOException e) {
            return isLackOfDescriptors(e);
        }
    }
}
