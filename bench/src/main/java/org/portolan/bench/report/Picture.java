package org.portolan.bench.report;

import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.view.ViewBox;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.portolan.bench.lab.LabException;

/** A chart as PNG, black on white, for places that show no SVG. */
final class Picture {
    /** Pixels. */
    static final int WIDTH = 1200;

    private Picture() {}

    /** {@link LabException} when this machine has no fonts for pictures, as many a server. */
    static void requireFonts() {
        System.setProperty("java.awt.headless", "true");
        final Graphics2D probe = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        try {
            probe.getFontMetrics();
        } catch (final RuntimeException | LinkageError | InternalError e) {
            // Without fontconfig or without a font the JDK throws one of these, by what is missing.
            throw new LabException("no fonts (Debian: apt-get install fontconfig fonts-dejavu-core): " + e, e);
        } finally {
            probe.dispose();
        }
    }

    /** Draws it without a screen; {@link LabException} when the file cannot be written. */
    static void write(final Chart chart, final Path file) {
        System.setProperty("java.awt.headless", "true");
        final int height = Math.round((float) WIDTH * chart.height() / chart.width());
        final BufferedImage image = new BufferedImage(WIDTH, height, BufferedImage.TYPE_INT_RGB);
        final Graphics2D graphics = image.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, WIDTH, height);
            document(chart).render(null, graphics, new ViewBox(WIDTH, height));
            if (!ImageIO.write(image, "png", file.toFile())) {
                throw new LabException("this JDK writes no PNG: it lacks the module java.desktop");
            }
        } catch (final IOException e) {
            throw new LabException("%s cannot be written: %s".formatted(file, e), e);
        } finally {
            graphics.dispose();
        }
    }

    private static SVGDocument document(final Chart chart) {
        final SVGDocument document = new SVGLoader()
                .load(
                        new ByteArrayInputStream(chart.svg().getBytes(StandardCharsets.UTF_8)),
                        null,
                        LoaderContext.createDefault());
        if (document == null) {
            throw new IllegalStateException("not drawn: " + chart.id());
        }
        return document;
    }
}
