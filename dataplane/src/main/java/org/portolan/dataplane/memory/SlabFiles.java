package org.portolan.dataplane.memory;

import org.portolan.dataplane.system.HeldDirectory;

/**
 * A directory for slabs that are files, as {@link Slab#open} opens them; the caller holds a lock for it.
 *
 * @param directory on tmpfs or hugetlbfs
 * @param boot the machine's, {@link BootId#current}
 * @param uid the user that this process runs as
 */
public record SlabFiles(HeldDirectory directory, BootId boot, int uid) {
    /**
     * A file's records, or zeros when it has none that fit.
     *
     * @param policyHash of the configuration that the records rest on
     * @throws org.portolan.dataplane.system.LibcException with the path
     */
    public Slab open(
            final String name,
            final int layoutVersion,
            final int recordBytes,
            final long records,
            final long policyHash) {
        return Slab.open(directory, name, new SlabFormat(layoutVersion, recordBytes, records, policyHash, boot), uid);
    }
}
