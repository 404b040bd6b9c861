package org.portolan.control.view;

import java.util.List;
import org.portolan.control.config.Nearest;

/** The words are right, and what they ask for cannot be done; the message is for the person who asked. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    public RefusedException(final String message) {
        super(message);
    }

    /** @param names of the interfaces that there are */
    public static RefusedException noInterface(final String name, final List<String> names) {
        final String near = Nearest.to(name, names);
        return new RefusedException("no interface is named %s%s; there are: %s"
                .formatted(name, near.isEmpty() ? "" : ", did you mean " + near + "?", String.join(", ", names)));
    }
}
