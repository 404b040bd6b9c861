package org.portolan.bench.bpf;

import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Regions;
import org.portolan.dataplane.system.Bpf;
import org.portolan.dataplane.system.Libc;
import org.portolan.dataplane.system.LibcMemory;

/** An array map of the kernel's, mapped into this process: a program's words and ours are the same. */
final class BpfArray implements AutoCloseable {
    private static final int PAGE_BYTES = 4096;

    private final int descriptor;
    private final long address;
    private final long bytes;

    /**
     * @param valueBytes of each entry, a multiple of 8
     * @param name for bpftool(8) and error messages
     */
    BpfArray(final int valueBytes, final int entries, final String name) {
        bytes = ((long) valueBytes * entries + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
        descriptor = Bpf.createArray(valueBytes, entries, name);
        try {
            final int protection = LibcMemory.PROT_READ | LibcMemory.PROT_WRITE;
            address = LibcMemory.mmap(bytes, protection, LibcMemory.MAP_SHARED, descriptor, 0, "the BPF array " + name);
        } catch (final RuntimeException e) {
            Libc.close(descriptor);
            throw e;
        }
        Regions.add(address, bytes);
    }

    int descriptor() {
        return descriptor;
    }

    /** Of the first entry; the others follow without a gap. */
    long address() {
        return address;
    }

    long word(final int offset) {
        return Memory.longAt(address + offset);
    }

    void putWord(final int offset, final long value) {
        Memory.putLong(address + offset, value);
    }

    @Override
    public void close() {
        Regions.remove(address);
        LibcMemory.munmap(address, bytes);
        Libc.close(descriptor);
    }
}
