package org.portolan.dataplane.io.packet;

import java.util.List;
import java.util.function.Predicate;
import org.portolan.dataplane.io.Backlog;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.FrameIo;

/**
 * The real AF_PACKET driver, with a {@link FakeKernel} behind each of its sockets, and a clock that a test can move.
 * For tests of what stands above a driver.
 */
public final class FakeDriver implements FrameIo {
    private static final int FRAME_BYTES = 1518;
    private static final int SLOTS = 64;

    private final FakeKernel arriving = new FakeKernel(ReceiveRing.geometry(FRAME_BYTES, SLOTS));
    private final FakeKernel leaving = new FakeKernel(TransmitRing.geometry(FRAME_BYTES, SLOTS));
    private final FakeKernel large = new FakeKernel();
    private final PacketRing ring;
    private final int pollDescriptor;
    private long laterNs;
    private int pollErrors;

    public FakeDriver() {
        this(-1);
    }

    /** @param pollDescriptor what poll(2) is to be given */
    public FakeDriver(final int pollDescriptor) {
        this.pollDescriptor = pollDescriptor;
        final ReceiveRing receive =
                new ReceiveRing(arriving, arriving.ringAddress(), ReceiveRing.geometry(FRAME_BYTES, SLOTS));
        receive.startReceiving(1);
        final TransmitRing transmit =
                new TransmitRing(leaving, leaving.ringAddress(), TransmitRing.geometry(FRAME_BYTES, SLOTS));
        ring = new PacketRing(receive, transmit, large, 1500);
    }

    /** A frame comes in from the wire. */
    public void arrive(final byte[] frame) {
        arriving.arrive(frame);
    }

    /** Frames that came in while the receive ring was full. */
    public int lost() {
        return arriving.lost();
    }

    /** What left through the transmit ring, in order. */
    public List<byte[]> wire() {
        return leaving.wire();
    }

    /** send(2) calls on the transmit ring. */
    public int sends() {
        return leaving.sends();
    }

    /** Every frame that this holds for is refused with an errno, each time. */
    public void refuse(final int errno, final Predicate<byte[]> which) {
        leaving.refuse(errno, which);
        large.refuse(errno, which);
    }

    /** The device answers each send with an errno; 0: it works. */
    public void deviceFails(final int errno) {
        leaving.deviceFails(errno);
        large.deviceFails(errno);
    }

    /** The sockets have room for so many frames more. */
    public void room(final int frames) {
        leaving.room(frames);
        large.room(frames);
    }

    /** The driver's clock is that much ahead of the worker's from now on. */
    public void later(final long ns) {
        laterNs += ns;
    }

    /** How often an error that poll(2) reported was read. */
    public int pollErrors() {
        return pollErrors;
    }

    @Override
    public int receive(final FrameBatch batch) {
        return ring.receive(batch);
    }

    @Override
    public void release() {
        ring.release();
    }

    @Override
    public int send(final long frame, final int length, final long offload) {
        return ring.send(frame, length, offload);
    }

    @Override
    public int sendOwn(final long frame, final int length, final long offload) {
        return ring.sendOwn(frame, length, offload);
    }

    @Override
    public void flush(final long nowNs) {
        ring.flush(nowNs + laterNs);
    }

    @Override
    public boolean isBacklogged() {
        return ring.isBacklogged();
    }

    @Override
    public Backlog backlog() {
        return ring.backlog();
    }

    @Override
    public boolean isDown() {
        return ring.isDown();
    }

    @Override
    public void linkUp() {
        ring.linkUp();
    }

    @Override
    public void abandon() {
        ring.abandon();
    }

    @Override
    public int pollDescriptor() {
        return pollDescriptor;
    }

    @Override
    public void clearPollError() {
        pollErrors++;
        ring.clearPollError();
    }

    @Override
    public int mostWaiting() {
        return ring.mostWaiting();
    }

    @Override
    public void close() {
        ring.close();
    }
}
