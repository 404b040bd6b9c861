/**
 * Reports from a benchmark run's directory ({@link org.portolan.bench.run}): {@code ReportCommand} makes one page of a
 * run, {@code CompareCommand} one of two runs, {@code ReadmeCommand} the README's section. They only read; what they
 * say stands in the run's files.
 *
 * <p>From there to the page: {@code Results} puts the rounds of a point together, {@code Topic} says what each kind of
 * measurement is about, {@code FigureTable} and {@code Charts} draw it, {@code RunSummary} and {@code Doubts} say it in
 * words. A page is one file that opens from the disk: {@code Markup} escapes all text, and what it writes is XML.
 *
 * <p>{@code Chart} writes its own SVG, and JSVG (MIT) makes the PNG from it. Looked at first: XChart 4.0.3 draws text
 * as outlines, so nothing of it can be selected and a chart of three lines is 298 KB, and it has no ranges of unequal
 * length; JFreeChart is LGPL and writes SVG through Batik (2 MB) or JFreeSVG (GPL). Both need the machine's fonts for
 * SVG too, and a server often has none. Here SVG needs none, takes its colours from the page (light, dark, print), and
 * a chart is 2 to 12 KB; without fonts only the PNGs are missing, and the report says so.
 */
package org.portolan.bench.report;
