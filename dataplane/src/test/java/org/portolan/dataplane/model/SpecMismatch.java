package org.portolan.dataplane.model;

/** The router did something that the specification does not allow. */
final class SpecMismatch extends RuntimeException {
    private static final long serialVersionUID = 1;

    SpecMismatch(final String what) {
        super(what);
    }
}
