package org.portolan.dataplane.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A fault that is put between the router and the comparison, so that a test can show that the comparison finds it: a
 * bit of a frame, or a number that the model believes.
 *
 * @param port whose frames are changed, or -1
 * @param from the step with which it begins
 * @param byteOfFrame that is changed
 * @param beliefs what the model takes the policy for
 */
record TraceFault(int port, long from, int byteOfFrame, UnaryOperator<SpecTerms> beliefs) {
    static final TraceFault NONE = new TraceFault(-1, 0, 0, terms -> terms);

    SpecTerms terms(final SpecTerms real) {
        return beliefs.apply(real);
    }

    List<byte[]> sent(final int by, final long step, final List<byte[]> frames) {
        if (by != port || step < from || frames.isEmpty()) {
            return frames;
        }
        final List<byte[]> changed = new ArrayList<>(frames);
        final byte[] first = changed.getFirst().clone();
        first[byteOfFrame] ^= 1;
        changed.set(0, first);
        return changed;
    }
}
