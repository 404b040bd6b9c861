package org.portolan.dataplane.policy;

/**
 * How the dynamic mappings of one outside interface behave toward remote endpoints, in the words of RFC 4787 sections
 * 4.1 and 5. A static rule is not affected: it serves every remote endpoint.
 *
 * @param mapping whether flows to different remote endpoints share an outside port
 * @param filtering which remote endpoints may send to a mapping
 */
public record Behavior(Mapping mapping, Filtering filtering) {
    /** Every inside endpoint has one outside port; only who was sent to may answer. */
    public static final Behavior DEFAULT =
            new Behavior(Mapping.ENDPOINT_INDEPENDENT, Filtering.ADDRESS_AND_PORT_DEPENDENT);

    /** What an outside port belongs to. */
    public enum Mapping {
        /** To an inside endpoint, whatever the remote one. */
        ENDPOINT_INDEPENDENT,

        /** To an inside and a remote endpoint; with other remote endpoints it may serve other hosts. */
        ADDRESS_AND_PORT_DEPENDENT
    }

    /** Who may send to a mapping from outside. */
    public enum Filtering {
        /** Anybody. */
        ENDPOINT_INDEPENDENT,

        /** Every port of an address that the inside endpoint has sent to. */
        ADDRESS_DEPENDENT,

        /** The remote endpoints that the inside endpoint has sent to. */
        ADDRESS_AND_PORT_DEPENDENT
    }

    public Behavior {
        if (mapping == Mapping.ADDRESS_AND_PORT_DEPENDENT && filtering != Filtering.ADDRESS_AND_PORT_DEPENDENT) {
            throw new IllegalArgumentException(
                    "a port that serves several hosts cannot be open to others: " + filtering);
        }
    }

    /** Whether others than the remote endpoints that a mapping has sent to may send to it. */
    public boolean opensMappings() {
        return filtering != Filtering.ADDRESS_AND_PORT_DEPENDENT;
    }

    /** Whether an outside port may serve several flows of several hosts. */
    public boolean sharesPorts() {
        return mapping == Mapping.ADDRESS_AND_PORT_DEPENDENT;
    }
}
