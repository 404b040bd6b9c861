package org.portolan.control.history.peer;

/** What a delta says first: the size of its base and of what it makes of it, 7 bits a byte, low ones first. */
final class DeltaSizes {
    private static final int MOST_BITS = 35;

    private long number;
    private int shift;
    private int numbers;
    private long result;

    void reset() {
        number = 0;
        shift = 0;
        numbers = 0;
        result = 0;
    }

    void add(final byte[] bytes, final int count) throws BadPeerException {
        for (int i = 0; i < count && numbers < 2; i++) {
            if (shift > MOST_BITS) {
                throw new BadPeerException("sends a delta whose size is not a number");
            }
            number |= (long) (bytes[i] & 0x7F) << shift;
            shift += 7;
            if ((bytes[i] & 0x80) == 0) {
                result = number;
                numbers++;
                number = 0;
                shift = 0;
            }
        }
    }

    /** How long the object is that the delta makes. */
    long result() throws BadPeerException {
        if (numbers < 2) {
            throw new BadPeerException("sends a delta that is too short");
        }
        return result;
    }
}
