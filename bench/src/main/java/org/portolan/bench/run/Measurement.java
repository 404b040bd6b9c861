package org.portolan.bench.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one trial or search found.
 *
 * @param values figures by {@link Figure}, in the order in which they were noted
 * @param files raw data beside, relative to the run's directory: interval logs, iperf3's own JSON
 */
public record Measurement(Point point, Map<Figure, Double> values, List<String> files) {
    public Measurement {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        files = List.copyOf(files);
    }

    public Optional<Double> value(final Figure figure) {
        return Optional.ofNullable(values.get(figure));
    }

    public static Builder at(final Point point) {
        return new Builder(point);
    }

    /** Gathers the figures of one point. */
    public static final class Builder {
        private final Point point;
        private final Map<Figure, Double> values = new LinkedHashMap<>();
        private final List<String> files = new ArrayList<>();

        private Builder(final Point point) {
            this.point = point;
        }

        public Builder put(final Figure figure, final double value) {
            values.put(figure, value);
            return this;
        }

        public Builder file(final String relative) {
            files.add(relative);
            return this;
        }

        public Measurement build() {
            return new Measurement(point, values, files);
        }
    }
}
