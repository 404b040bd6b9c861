package org.portolan.bench.report;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** Reads a page as XML, which it has to be, and finds what a reader would. */
final class PageReader {
    private final Document document;

    PageReader(final String text) {
        try {
            final DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            document = factory.newDocumentBuilder().parse(new InputSource(new StringReader(text)));
        } catch (final Exception e) {
            throw new AssertionError("the page is no XML: " + e.getMessage(), e);
        }
    }

    static Stream<Element> elements(final NodeList nodes) {
        return IntStream.range(0, nodes.getLength()).mapToObj(each -> (Element) nodes.item(each));
    }

    List<Element> all(final String name) {
        return elements(document.getElementsByTagName(name)).toList();
    }

    String text(final String name) {
        return String.join("\n", all(name).stream().map(Element::getTextContent).toList());
    }

    /** The cells of the rows of all tables with that caption; a cell's small print follows a bar. */
    List<List<String>> table(final String caption) {
        final List<List<String>> rows = new ArrayList<>();
        final Stream<Element> tables = all("table").stream()
                .filter(each -> elements(each.getElementsByTagName("caption"))
                        .anyMatch(title -> title.getTextContent().equals(caption)));
        tables.flatMap(each -> elements(each.getElementsByTagName("tr"))).forEach(row -> {
            final List<String> cells = new ArrayList<>();
            elements(row.getElementsByTagName("*"))
                    .filter(each -> each.getTagName().matches("t[hd]"))
                    .forEach(each -> cells.add(cell(each)));
            rows.add(cells);
        });
        return rows;
    }

    /** The row whose cells begin so; what spans several rows is left out of the later ones. */
    List<String> row(final String caption, final String... beginning) {
        return table(caption).stream()
                .filter(each ->
                        each.subList(0, Math.min(each.size(), beginning.length)).equals(List.of(beginning)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no row %s in %s".formatted(List.of(beginning), table(caption))));
    }

    private static String cell(final Element cell) {
        final NodeList small = cell.getElementsByTagName("small");
        final String whole = cell.getTextContent();
        if (small.getLength() == 0 || small.item(0).getTextContent().isEmpty()) {
            return whole;
        }
        final String print = small.item(0).getTextContent();
        return whole.substring(0, whole.length() - print.length()) + "|" + print;
    }
}
