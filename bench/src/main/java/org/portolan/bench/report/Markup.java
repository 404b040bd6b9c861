package org.portolan.bench.report;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes HTML and SVG in the form that is XML too. Text and attribute values are always escaped: a device's name or a
 * warning stays text, whatever is in it.
 */
final class Markup {
    private final StringBuilder text = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /** @param attributes name, value, name, value ... */
    Markup open(final String element, final String... attributes) {
        tag(element, attributes);
        text.append('>');
        open.push(element);
        return this;
    }

    /** Ends the element that was opened last. */
    Markup close() {
        text.append("</").append(open.pop()).append('>');
        return this;
    }

    /** An element without content. */
    Markup empty(final String element, final String... attributes) {
        tag(element, attributes);
        text.append("/>");
        return this;
    }

    /** An element with nothing but text in it. */
    Markup element(final String element, final String content, final String... attributes) {
        return open(element, attributes).text(content).close();
    }

    Markup text(final String content) {
        escape(content);
        return this;
    }

    /** Markup that was escaped when it was made. */
    Markup markup(final String made) {
        text.append(made);
        return this;
    }

    Markup line() {
        text.append('\n');
        return this;
    }

    private void tag(final String element, final String... attributes) {
        text.append('<').append(element);
        for (int i = 0; i < attributes.length; i += 2) {
            text.append(' ').append(attributes[i]).append("=\"");
            escape(attributes[i + 1]);
            text.append('"');
        }
    }

    private void escape(final String content) {
        content.codePoints().forEach(each -> {
            switch (each) {
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '&' -> text.append("&amp;");
                case '"' -> text.append("&quot;");
                default -> text.appendCodePoint(isXml(each) ? each : 0xfffd);
            }
        });
    }

    /** XML 1.0 section 2.2: the characters that a document may hold. */
    private static boolean isXml(final int character) {
        return character == '\t'
                || character == '\n'
                || character == '\r'
                || character >= 0x20 && character <= 0xd7ff
                || character >= 0xe000 && character <= 0xfffd
                || character >= 0x10000;
    }

    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("not closed: " + open);
        }
        return text.toString();
    }
}
