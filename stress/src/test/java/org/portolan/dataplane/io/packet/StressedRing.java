package org.portolan.dataplane.io.packet;

import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.io.VirtioHeader;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.SharedWord;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.system.Errno;

/**
 * A receive ring and a transmit ring of one slot each in plain memory, and what the kernel does with their status words
 * (tpacket_rcv, tpacket_fill_skb and tpacket_destruct_skb in net/packet/af_packet.c), in another thread. Frames are
 * numbered; each word of a frame is its number. No system call is made: a send finds the device full.
 */
final class StressedRing implements KernelSocket {
    private static final RingGeometry GEOMETRY = new RingGeometry(320, 1, 1);
    private static final int FRAME_BYTES = 64;
    private static final int MAC = 192;
    private final Slab slots = Slab.allocate(2 * 4096, "stressed rings");
    private final long arrival = slots.address();
    private final long departure = arrival + 4096;
    private final ReceiveRing receiving = new ReceiveRing(this, arrival, GEOMETRY);
    private final TransmitRing sending = new TransmitRing(this, departure, GEOMETRY);
    private final FrameBatch batch = new FrameBatch(1);
    private long arrived;
    private long received;
    private long put;
    private long sent;

    /** The kernel: the next frame comes in, if the slot is its own. */
    void arrive() {
        if (SharedWord.observeInt(arrival) == PacketSocket.TP_STATUS_KERNEL) {
            fill(++arrived);
            SharedWord.publishInt(arrival, PacketSocket.TP_STATUS_USER);
        }
    }

    /** The kernel, with a planted race: it hands the slot over before the frame is in it. */
    void arriveTooEarly() {
        if (SharedWord.observeInt(arrival) == PacketSocket.TP_STATUS_KERNEL) {
            SharedWord.publishInt(arrival, PacketSocket.TP_STATUS_USER);
            fill(++arrived);
        }
    }

    private void fill(final long number) {
        Memory.putInt(arrival + PacketSocket.LENGTH_OFFSET, FRAME_BYTES);
        Memory.putInt(arrival + PacketSocket.SNAPLEN_OFFSET, FRAME_BYTES);
        Memory.putShort(arrival + PacketSocket.MAC_OFFSET, (short) MAC);
        write(arrival + MAC, number);
    }

    /** The worker: takes a frame, looks at it and gives its slot back. */
    String receive() {
        batch.clear();
        if (receiving.receive(batch) == 0) {
            return "nothing";
        }
        received++;
        final boolean whole =
                batch.frame(0).length() == FRAME_BYTES && isWhole(batch.frame(0).address(), received);
        receiving.release();
        return whole ? "whole frame" : "torn frame";
    }

    /** The worker: puts the next frame into the ring if the slot is free. */
    String put() {
        sending.kick();
        final long place = sending.claim();
        if (place == 0) {
            return "no slot";
        }
        write(place, ++put);
        sending.commit(FRAME_BYTES, Offload.NONE);
        return "put";
    }

    /** The kernel: sends the frame that asks for it, and then frees its slot. */
    String transmit() {
        if (SharedWord.observeInt(departure) != PacketSocket.TP_STATUS_SEND_REQUEST) {
            return "nothing";
        }
        sent++;
        final int length = Memory.intAt(departure + PacketSocket.LENGTH_OFFSET);
        final boolean whole = length == FRAME_BYTES + VirtioHeader.BYTES
                && isWhole(departure + PacketSocket.TRANSMIT_DATA_OFFSET + VirtioHeader.BYTES, sent);
        SharedWord.publishInt(departure, PacketSocket.TP_STATUS_AVAILABLE);
        return whole ? "whole frame" : "torn frame";
    }

    private static void write(final long frame, final long number) {
        for (int at = 0; at < FRAME_BYTES; at += Long.BYTES) {
            Memory.putLong(frame + at, number);
        }
    }

    private static boolean isWhole(final long frame, final long number) {
        boolean whole = true;
        for (int at = 0; at < FRAME_BYTES; at += Long.BYTES) {
            whole &= Memory.longAt(frame + at) == number;
        }
        return whole;
    }

    @Override
    public long send(final long address, final long bytes) {
        return -Errno.EAGAIN;
    }

    @Override
    public long receive(final long address, final long bytes) {
        return -Errno.EAGAIN;
    }

    @Override
    public int takeError() {
        return 0;
    }

    @Override
    public int takeLost() {
        return 0;
    }

    @Override
    public void startReceiving(final int deviceIndex) {}

    @Override
    public void stopReceiving() {}

    @Override
    public void resumeReceiving() {}

    @Override
    public int descriptor() {
        return -1;
    }

    @Override
    public void close() {
        slots.close();
    }
}
