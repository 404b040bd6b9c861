package org.portolan.dataplane.nat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.policy.StaticRules;
import org.portolan.dataplane.wire.Ipv4;

/**
 * The memory of the outside addresses' ports, in pieces of one address each:
 *
 * <pre>
 *  bytes 0 to 3        count of the address's mappings, live and resting (worker: release, control: acquire)
 *  4 to 7              the mapping of the whole address, as index + 1, 0 for none
 *  8 to 63             7 words, word w: the set of the blocks that worker w + 1 owns
 *  64 to 319           64 words, word b: owner of block b, for all protocols ({@link PortBlocks})
 *  320 to 25279        for each protocol a {@link PortBlocks} bitmap
 *  25280 to 811711     for each protocol 65,536 cells: the mapping that holds the port, as index + 1, 0 for none, or
 *                      minus how many share it
 * </pre>
 *
 * <p>Control takes a piece for a new address and makes it ready before it offers the policy that names it, and gives it
 * back when the worker has adopted a policy that does not. In between only the worker touches it, but for the words
 * that are said to be shared. Pieces that are taken together lie in one slab, on huge pages if they are many; a slab
 * goes with the last of its pieces.
 */
final class PortMemory implements AutoCloseable {
    /** UDP, TCP, and ICMP's identifiers. */
    static final int PROTOCOLS = 3;

    private static final int COUNT_OFFSET = 0;
    private static final int WHOLE_OFFSET = COUNT_OFFSET + Integer.BYTES;
    private static final int OWNED_OFFSET = COUNT_OFFSET + Long.BYTES;
    private static final int OWNERS_OFFSET = OWNED_OFFSET + PortBlocks.MOST_WORKERS * Long.BYTES;
    private static final int BITMAPS_OFFSET = OWNERS_OFFSET + PortBlocks.BLOCKS * Integer.BYTES;
    private static final int CELLS_OFFSET = BITMAPS_OFFSET + PROTOCOLS * PortBlocks.SPACE_BYTES;
    private static final int CELLS_BYTES = (PortBlocks.LAST_PORT + 1) * Integer.BYTES;
    static final int PIECE_BYTES = CELLS_OFFSET + PROTOCOLS * CELLS_BYTES;

    private static final class Chunk {
        private final Slab slab;
        private final int pieces;
        private int used;

        Chunk(final int pieces) {
            slab = Slab.allocate((long) pieces * PIECE_BYTES, "ports of outside addresses");
            this.pieces = pieces;
        }

        boolean has(final long piece) {
            return piece >= slab.address() && piece < slab.address() + slab.bytes();
        }
    }

    private final List<Chunk> chunks = new ArrayList<>();
    private final Deque<Long> free = new ArrayDeque<>();

    /** Makes sure that this many pieces can be taken. */
    void reserve(final int pieces) {
        final int more = pieces - free.size();
        if (more > 0) {
            final Chunk chunk = new Chunk(more);
            chunks.add(chunk);
            for (int i = 0; i < more; i++) {
                free.add(chunk.slab.address() + (long) i * PIECE_BYTES);
            }
        }
    }

    /** A piece whose ports are all free but 0 of UDP and TCP, with every block the one worker's. */
    long take() {
        reserve(1);
        final long piece = free.remove();
        chunkOf(piece).used++;
        for (long at = 0; at < PIECE_BYTES; at += Long.BYTES) {
            final boolean bitmap = at >= BITMAPS_OFFSET && at < CELLS_OFFSET;
            Memory.putLong(piece + at, bitmap ? -1L : 0);
        }
        for (int block = 0; block < PortBlocks.BLOCKS; block++) {
            PortBlocks.give(piece, block, PortBlocks.FIRST_WORKER);
        }
        PortBlocks.take(space(piece, Ipv4.UDP), 0);
        PortBlocks.take(space(piece, Ipv4.TCP), 0);
        return piece;
    }

    /** Takes back a piece that nobody reads any more; the memory goes when no address has any of its slab. */
    void giveBack(final long piece) {
        final Chunk chunk = chunkOf(piece);
        free.add(piece);
        chunk.used--;
        if (chunk.used == 0) {
            free.removeIf(chunk::has);
            chunks.remove(chunk);
            chunk.slab.close();
        }
    }

    private Chunk chunkOf(final long piece) {
        return chunks.stream().filter(chunk -> chunk.has(piece)).findFirst().orElseThrow();
    }

    /** Pieces that there is memory for. */
    int pieces() {
        return chunks.stream().mapToInt(chunk -> chunk.pieces).sum();
    }

    /** Address of the words of the blocks' owners. */
    static long owners(final long piece) {
        return piece + OWNERS_OFFSET;
    }

    /** Address of the sets of blocks by worker. */
    static long owned(final long piece) {
        return piece + OWNED_OFFSET;
    }

    /** Address of a protocol's bitmap. */
    static long space(final long piece, final int protocol) {
        return piece + BITMAPS_OFFSET + index(protocol) * PortBlocks.SPACE_BYTES;
    }

    /** Address of the cell of a port or identifier; of {@link StaticRules#EVERY_PROTOCOL}, of the whole address. */
    static long cell(final long piece, final int protocol, final int port) {
        return protocol == StaticRules.EVERY_PROTOCOL ? piece + WHOLE_OFFSET : portCell(piece, protocol, port);
    }

    private static long portCell(final long piece, final int protocol, final int port) {
        return piece + CELLS_OFFSET + index(protocol) * CELLS_BYTES + port * Integer.BYTES;
    }

    /** 0 to 2: the order of the protocols wherever something is kept for each. */
    static int index(final int protocol) {
        return protocol == Ipv4.UDP ? 0 : protocol == Ipv4.TCP ? 1 : 2;
    }

    /** Any thread. */
    static int mappings(final long piece) {
        return SharedWord.observeInt(piece + COUNT_OFFSET);
    }

    /** The worker. */
    static void addMappings(final long piece, final int more) {
        SharedWord.publishInt(piece + COUNT_OFFSET, SharedWord.peekInt(piece + COUNT_OFFSET) + more);
    }

    @Override
    public void close() {
        chunks.forEach(chunk -> chunk.slab.close());
        chunks.clear();
        free.clear();
    }
}
