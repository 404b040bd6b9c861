package org.portolan.dataplane.memory;

/**
 * What the records of a slab are. A file that was written with another format is not read.
 *
 * @param layoutVersion counts up when a record's fields change
 * @param recordBytes length of one record
 * @param records how many there are
 * @param policyHash of the configuration that the records rest on, such as the outside addresses
 * @param boot during which the records were written: their times are seconds since then
 */
public record SlabFormat(int layoutVersion, int recordBytes, long records, long policyHash, BootId boot) {
    public SlabFormat {
        if (layoutVersion < 1 || recordBytes < 1 || records < 1) {
            throw new IllegalArgumentException(
                    "a slab of %,d records of %d bytes, version %d".formatted(records, recordBytes, layoutVersion));
        }
    }

    /** Length of all records. */
    long bytes() {
        return Math.multiplyExact(records, recordBytes);
    }
}
