package org.portolan.control.verb;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.portolan.control.answer.BindingWords;
import org.portolan.control.config.Ipv4Text;
import org.portolan.control.config.MacText;
import org.portolan.control.log.FileFailure;
import org.portolan.control.text.UsageException;
import org.portolan.control.view.NeighborEditor.Binding;

/**
 * A file of bindings as ethers(5) has them, a MAC and an address a line, {@code #} before a comment. Addresses only: no
 * name is looked up.
 */
final class EthersFile {
    static final int MOST_BYTES = 4 << 20;

    /** Of UTF-8, read as Latin-1. */
    private static final String BYTE_ORDER_MARK = "\u00EF\u00BB\u00BF";

    static final int MOST_BINDINGS = 65_536;

    /** @param number of the line, from 1 */
    record Line(int number, Binding binding) {}

    /** Each error begins with the file's name and the line's number. */
    record Loaded(List<Line> lines, List<String> errors) {}

    private final Path file;
    private final List<Line> lines = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private final Map<Integer, Integer> numbers = new HashMap<>();

    private EthersFile(final Path file) {
        this.file = file;
    }

    static Loaded load(final Path file) {
        final EthersFile ethers = new EthersFile(file);
        ethers.read();
        return new Loaded(ethers.lines, ethers.errors);
    }

    private void read() {
        final byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        } catch (final IOException e) {
            errors.add("%s: cannot be read: %s".formatted(file, FileFailure.reason(e)));
            return;
        }
        if (bytes.length > MOST_BYTES) {
            errors.add("%s: is larger than %d MiB".formatted(file, MOST_BYTES >> 20));
            return;
        }
        final String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (text.indexOf('\0') >= 0) {
            errors.add(file + ": is not a text file, or is UTF-16 text: save it as UTF-8");
            return;
        }
        final String[] texts = (text.startsWith(BYTE_ORDER_MARK) ? text.substring(3) : text).split("\r?\n", -1);
        for (int i = 0; i < texts.length && lines.size() <= MOST_BINDINGS; i++) {
            line(i + 1, texts[i]);
        }
        if (lines.size() > MOST_BINDINGS) {
            errors.add("%s: more than %d bindings".formatted(file, MOST_BINDINGS));
        }
    }

    private void line(final int number, final String text) {
        final int comment = text.indexOf('#');
        final String content = (comment < 0 ? text : text.substring(0, comment)).strip();
        if (content.isEmpty()) {
            return;
        }
        try {
            lines.add(new Line(number, binding(number, content.split("\\s+"))));
        } catch (final UsageException e) {
            errors.add("%s:%d: %s".formatted(file, number, e.getMessage()));
        }
    }

    private Binding binding(final int number, final String... words) throws UsageException {
        if (words.length != 2) {
            throw new UsageException("%d words; allowed: MAC ADDRESS".formatted(words.length));
        }
        if (Ipv4Text.isAddress(words[0]) && MacText.isMac(words[1])) {
            throw new UsageException("the address is first; allowed: MAC ADDRESS");
        }
        final long mac = BindingWords.mac(words[0]);
        final int address = BindingWords.address(words[1]);
        final Integer before = numbers.putIfAbsent(address, number);
        if (before != null) {
            throw new UsageException("%s is already in line %d".formatted(words[1], before));
        }
        return new Binding(address, mac);
    }
}
