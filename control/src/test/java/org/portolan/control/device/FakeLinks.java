package org.portolan.control.device;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.portolan.control.config.Config;
import org.portolan.dataplane.io.DeviceIo;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.FrameIo;
import org.portolan.dataplane.system.DeviceClaim;
import org.portolan.dataplane.system.LibcException;
import org.portolan.dataplane.system.NetworkDevice;
import org.portolan.dataplane.worker.IoExchange;

/** A system whose devices a test changes, and the worker's side of the exchange. */
final class FakeLinks implements LinkSystem, IoExchange {
    final List<NetworkDevice> present = new ArrayList<>();
    final List<String> renewed = new ArrayList<>();
    final List<FakeIo> opened = new ArrayList<>();
    final Set<Integer> ownedByOthers = new HashSet<>();
    boolean changed;
    int listErrno;
    int openErrno;
    int lists;

    private FrameIo ready;
    private FrameIo left;

    /** What a worker does on the command: takes the driver that lies ready. */
    void workerTakes(final FrameIo before) {
        if (ready != null) {
            left = before;
            ready = null;
        }
    }

    @Override
    public boolean changed() {
        final boolean was = changed;
        changed = false;
        return was;
    }

    @Override
    public List<NetworkDevice> devices() {
        lists++;
        if (listErrno != 0) {
            throw new LibcException("rtnetlink dump of the links", listErrno, "");
        }
        return List.copyOf(present);
    }

    @Override
    public DeviceClaim claim(final Config.Interface asked, final NetworkDevice device) throws IOException {
        if (ownedByOthers.contains(device.index())) {
            throw new IOException("interfaces.lan.device: eth7 has a router already");
        }
        return DeviceClaim.take(device.index());
    }

    @Override
    public void renewIngress(final String device) {
        renewed.add(device);
    }

    @Override
    public FrameIo handOver(final int port, final FrameIo replacement) {
        final FrameIo was = ready;
        ready = replacement;
        return was;
    }

    @Override
    public FrameIo takeLeaving(final int port) {
        final FrameIo was = left;
        left = null;
        return was;
    }

    @Override
    public void close() {
        // Nothing is open.
    }

    /** A driver that carries nothing. */
    final class FakeIo implements DeviceIo {
        final String name;
        final int mtu;
        boolean receiving = true;
        boolean closed;

        FakeIo(final String name, final int mtu) {
            this.name = name;
            this.mtu = mtu;
        }

        @Override
        public int mtu() {
            return mtu;
        }

        @Override
        public Optional<NetworkDevice> device(final List<NetworkDevice> devices) {
            return NetworkDevice.named(name, devices);
        }

        @Override
        public int takeLost() {
            return 0;
        }

        @Override
        public DeviceIo successor(final NetworkDevice now) {
            if (openErrno != 0) {
                throw new LibcException("socket(17, 3, 0)", openErrno, "");
            }
            final FakeIo io = new FakeIo(now.name(), now.mtu());
            opened.add(io);
            receiving = false;
            return io;
        }

        @Override
        public void resume() {
            receiving = true;
        }

        @Override
        public int receive(final FrameBatch batch) {
            return 0;
        }

        @Override
        public void release() {
            // It holds nothing.
        }

        @Override
        public int send(final long frame, final int length, final long offload) {
            return 0;
        }

        @Override
        public void flush(final long nowNs) {
            // It takes nothing.
        }

        @Override
        public int pollDescriptor() {
            return -1;
        }

        @Override
        public int mostWaiting() {
            return 0;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
