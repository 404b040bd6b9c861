package org.portolan.control.log;

import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
    /** More than a library opens at once for one file of its own. */
    private static final int AT_ONCE = 16;

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
            case NotDirectoryException file -> "it is not a directory";
            case DirectoryNotEmptyException full -> "the directory is not empty";
            case FileSystemLoopException loop -> "symbolic links lead in a circle";
            case final FileSystemException other -> other.getReason();
            default -> failure.getMessage();
        };
        return words == null ? failure.getClass().getSimpleName() : words;
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
     * Whether this process can open fewer than {@value #AT_ONCE} files now: for a library that says "missing" of a file
     * that it could not open, and has closed others by then.
     *
     * @param present a file that is there and can be read
     */
    public static boolean isLackOfDescriptorsNow(final Path present) {
        final List<Channel> opened = new ArrayList<>(AT_ONCE);
        try {
            for (int i = 0; i < AT_ONCE; i++) {
                opened.add(Files.newByteChannel(present));
            }
            return false;
        } catch (final IOException e) {
            return isLackOfDescriptors(e);
        } finally {
            opened.forEach(FileFailure::close);
        }
    }

    private static void close(final Channel channel) {
        try {
            channel.close();
        } catch (final IOException e) {
            // It was opened to be counted.
            return;
        }
    }
}
