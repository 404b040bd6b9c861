package org.portolan.bench.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.portolan.bench.lab.LabException;

/** The parts that every page of a report has. A page is one file: style and charts are in it. */
final class Page {
    private static final String STYLE = "report.css";

    private Page() {}

    /** Begins a page; {@link #end} ends it. */
    static Markup begin(final String title) {
        final Markup page = new Markup();
        page.markup("<!DOCTYPE html>\n")
                .open("html", "lang", "en", "xmlns", "http://www.w3.org/1999/xhtml")
                .open("head");
        page.empty("meta", "charset", "utf-8");
        page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        page.empty("meta", "name", "color-scheme", "content", "light dark");
        page.element("title", title)
                .open("style")
                .markup(style())
                .close()
                .close()
                .line();
        return page.open("body").open("main").element("h1", title).line();
    }

    static String end(final Markup page) {
        return page.close().close().close().line().toString();
    }

    private static String style() {
        try (InputStream style = Page.class.getResourceAsStream(STYLE)) {
            return new String(style.readAllBytes(), StandardCharsets.UTF_8);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(final Path file, final String text) {
        try {
            Files.writeString(file, text);
        } catch (final IOException e) {
            throw new LabException("%s cannot be written: %s".formatted(file, e), e);
        }
    }

    static void doubts(final Markup page, final List<String> doubts) {
        if (doubts.isEmpty()) {
            return;
        }
        page.open("section", "class", "doubts", "role", "note")
                .element("h2", "Before you read the figures")
                .open("ul");
        doubts.forEach(each -> page.element("li", each));
        page.close().close().line();
    }

    static void facts(final Markup page, final String title, final Map<String, String> facts) {
        if (facts.isEmpty()) {
            return;
        }
        page.open("div", "class", "facts").element("h3", title).open("dl");
        facts.forEach((name, value) ->
                page.open("div").element("dt", name).element("dd", value).close());
        page.close().close().line();
    }

    static void drawing(final Markup page, final Chart chart) {
        page.open("figure", "id", "figure-" + chart.id());
        page.open("div", "class", "scroll", "tabindex", "0")
                .markup(chart.svg())
                .close()
                .close()
                .line();
    }

    /** A link to a file beside the page, whatever its name is. */
    static void link(final Markup page, final String relative) {
        try {
            // "./" keeps a name with a colon from being a scheme.
            page.element(
                    "a",
                    relative,
                    "href",
                    "./"
                            + new URI(null, null, "/" + relative, null)
                                    .toASCIIString()
                                    .substring(1));
        } catch (final URISyntaxException e) {
            page.text(relative);
        }
    }
}
