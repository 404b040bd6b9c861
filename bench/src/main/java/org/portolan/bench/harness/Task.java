package org.portolan.bench.harness;

import org.portolan.bench.run.Point;

/**
 * What is to be measured with every device in every round of a scene.
 *
 * @param frame size as {@code FrameSize} reads it; empty where it does not apply
 * @param load as in {@link Point}
 * @param seconds that it is guessed to take, each time
 */
record Task(Point.Kind kind, String frame, int load, double seconds) {
    Point point(final Scene scene, final String device, final int round) {
        final long sessions = frame.isEmpty() ? 0 : scene.sessions();
        return new Point(kind, device, frame, sessions, load, round);
    }

    /** For the line that says what is going on. */
    String text() {
        final StringBuilder text = new StringBuilder(kind.id().replace('_', ' '));
        if (!frame.isEmpty()) {
            text.append(", ").append(frame).append(frame.equals("imix") ? "" : " bytes");
        }
        if (kind == Point.Kind.LADDER) {
            text.append(load == 0 ? ", flat out" : ", %,d,000/s".formatted(load));
        } else if (load != 0) {
            text.append(", ").append(load).append(" % load");
        }
        return text.toString();
    }
}
