package org.portolan.control;

import java.util.List;
import org.portolan.control.replay.Replay;
import org.portolan.control.verb.Surroundings;
import org.portolan.control.verb.Verbs;

/** The program: {@code portolan VERB}; see {@code portolan help}. */
public final class Portolan {
    private Portolan() {}

    public static void main(final String[] words) {
        System.exit(Verbs.execute(List.of(words), Surroundings.ofProcess(Router::run, Replay.with(Controller::begun))));
    }
}
