package org.portolan.bench.device;

import org.portolan.bench.lab.LabException;
import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.packet.PacketRing;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.system.IngressDrop;
import org.portolan.dataplane.system.LibcThread;
import org.portolan.dataplane.system.Netlink;
import org.portolan.dataplane.system.NetworkDevice;
import org.portolan.dataplane.wire.Ethernet;

/**
 * The program of {@link NullDevice}: {@code DEVICE MAC-BEHIND-THE-OTHER DEVICE MAC-BEHIND-THE-OTHER}. Says "ready" and
 * forwards IPv4 frames until it is ended.
 */
public final class NullForwarder {
    private static final int BATCH = 64;
    private static final int MTU = 1500;
    private static final int CPU = 1;

    private final PacketRing from;
    private final PacketRing to;
    private final long source;
    private final long destination;
    private final FrameBatch batch = new FrameBatch(BATCH);

    private NullForwarder(final PacketRing from, final PacketRing to, final long source, final long destination) {
        this.from = from;
        this.to = to;
        this.source = source;
        this.destination = destination;
    }

    public static void main(final String[] arguments) {
        final String lan = arguments[0];
        final String wan = arguments[2];
        final NetworkDevice lanDevice = device(lan);
        final NetworkDevice wanDevice = device(wan);
        final PacketRing lanRing = new PacketRing(lan, lanDevice.index(), MTU);
        final PacketRing wanRing = new PacketRing(wan, wanDevice.index(), MTU);
        final IngressDrop kernel = new IngressDrop("portolan_null");
        kernel.drop(lan);
        kernel.drop(wan);
        if (Runtime.getRuntime().availableProcessors() > CPU) {
            LibcThread.pinToCpu(CPU);
        }
        final NullForwarder out = new NullForwarder(lanRing, wanRing, wanDevice.mac(), mac(arguments[1]));
        final NullForwarder in = new NullForwarder(wanRing, lanRing, lanDevice.mac(), mac(arguments[3]));
        System.out.println("ready");
        while (true) {
            if (out.forward() + in.forward() == 0) {
                Thread.onSpinWait();
            }
        }
    }

    private int forward() {
        final int count = from.receive(batch);
        for (int i = 0; i < count; i++) {
            final Frame frame = batch.frame(i);
            if (Memory.u16(frame.address() + Ethernet.TYPE_OFFSET) == Ethernet.TYPE_IPV4) {
                Ethernet.putHeader(frame.address(), destination, source, Ethernet.TYPE_IPV4);
                to.send(frame.address(), frame.length(), frame.offload());
            }
        }
        to.flush(System.nanoTime());
        from.release();
        batch.clear();
        return count;
    }

    private static NetworkDevice device(final String name) {
        return Netlink.devices().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new LabException("no device " + name));
    }

    private static long mac(final String text) {
        return Long.parseLong(text.replace(":", ""), 16);
    }
}
