package org.portolan.bench.bpf;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Namespace;
import org.portolan.bench.traffic.FrameWriter;
import org.portolan.bench.traffic.Generator;
import org.portolan.bench.traffic.Load;
import org.portolan.bench.traffic.RealtimeClock;
import org.portolan.bench.traffic.Sent;
import org.portolan.dataplane.system.Bpf;
import org.portolan.dataplane.system.Errno;
import org.portolan.dataplane.system.Libc;
import org.portolan.dataplane.system.LibcException;
import org.portolan.dataplane.system.LibcThread;
import org.portolan.dataplane.wire.Ethernet;

/**
 * A generator that is an XDP program: the kernel runs it once a frame ({@link LiveFrames}), it writes the frame and
 * redirects it out of a host's device. about twice as fast as a transmit ring, for loads that a ring cannot
 * give. Latency is the ring's to measure: here frames come in bunches of a system call each, and at the device under
 * test they are worked on by the generator's CPU.
 *
 * <p>Frames leave whole, on one condition: the receiving end of the veth pair has generic receive offload on, which is
 * switched on here and put back at the end. What that end's queue of 256 frames cannot hold is lost there, as in an
 * adapter's; such frames count as sent, and {@link Sent#dropped} says how many they were.
 *
 * <p>Needs CAP_BPF and CAP_NET_ADMIN in the first user namespace, Linux 5.18 and ethtool(8).
 */
public final class BpfGenerator implements Generator {
    private static final int BATCH = 64;
    /** A call of a few milliseconds, so that it ends soon after its time. */
    private static final int FLAT_OUT_FRAMES = 4096;

    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    /** For what fell due at the very end. */
    private static final long OVERTIME_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long LATEST_NS = TimeUnit.MINUTES.toNanos(10);
    private static final long SETTLE_NS = TimeUnit.SECONDS.toNanos(1);

    private final Host host;
    private final int cpu;
    private final ReceiveOffload receiver;
    private final FrameWriter writer;
    private final FrameProgram program;
    private final KnownProgram known;
    private final LiveFrames frames;
    private final RealtimeClock clock;
    private final Histogram late = new Histogram(LATEST_NS, 2);

    /**
     * @param host who sends, out of its one device
     * @param far where the other end of the host's veth pair is
     * @param farDevice its name there
     * @param writer whose frames are sent: of one size, nothing left to offload; closed with the generator
     * @param cpu to pin the sending thread to, or -1
     * @throws LabException also when this kernel or this process' privileges do not allow it: why, and what to do
     */
    public BpfGenerator(
            final Host host, final Namespace far, final String farDevice, final FrameWriter writer, final int cpu) {
        this.host = host;
        this.cpu = cpu;
        this.writer = writer;
        obstacle().ifPresent(why -> {
            throw new LabException("no BPF generator: %s. Take the transmit ring instead".formatted(why));
        });
        try {
            program = new FrameProgram(writer, host.namespace().deviceIndex(Host.DEVICE));
        } catch (final LibcException e) {
            throw new LabException("no BPF generator: " + e.getMessage(), e);
        }
        try {
            known = new KnownProgram(program.descriptor());
        } catch (final RuntimeException e) {
            program.close();
            throw e;
        }
        try {
            receiver = new ReceiveOffload(far, farDevice);
        } catch (final RuntimeException e) {
            known.close();
            program.close();
            throw e;
        }
        frames = new LiveFrames(program.descriptor(), program.template().frame(), BATCH);
        clock = new RealtimeClock();
    }

    /** Why programs cannot send here, found out with one that drops its frame; nothing when they can. */
    public static Optional<String> obstacle() {
        final long[] drop = new BpfAssembler()
                .alu64(BpfAssembler.Operation.MOVE, BpfAssembler.Register.R0, Bpf.XDP_DROP)
                .exit()
                .assemble();
        try {
            final int program = Bpf.loadXdp(drop, "portolan_try");
            try (LiveFrames frames = new LiveFrames(program, new byte[Ethernet.MINIMUM_FRAME_BYTES], 1)) {
                check(frames.run(1));
            } finally {
                Libc.close(program);
            }
        } catch (final LibcException e) {
            return Optional.of(e.getMessage());
        }
        return Optional.empty();
    }

    private static void check(final int result) {
        if (result != 0 && result != -Errno.EINTR) {
            throw new LibcException(
                    "bpf(BPF_PROG_TEST_RUN, live frames)",
                    -result,
                    result == -Errno.EINVAL ? "Frames that go out need Linux 5.18" : "");
        }
    }

    @Override
    public String name() {
        return "XDP program";
    }

    @Override
    public Sent run(final Load load) {
        final long[] before = counts();
        final Sent sent;
        try {
            sent = host.namespace().call(() -> send(load));
        } catch (final LabException e) {
            throw e;
        } catch (final Exception e) {
            throw new LabException("generator: " + e.getMessage(), e);
        }
        return new Sent(
                load, sent.frames(), sent.seconds(), 0, dropped(before, sent.frames()), sent.lateNs(), sent.latestNs());
    }

    /** Frames that the receiving end took from the queue, and frames that found it full. */
    private long[] counts() {
        final String directory = "/sys/class/net/" + Host.DEVICE + "/statistics/";
        return host.namespace()
                .run("cat", directory + "tx_packets", directory + "tx_dropped")
                .lines()
                .mapToLong(Long::parseLong)
                .toArray();
    }

    /** Frames lost at the queue, when every other has come out of it. */
    private long dropped(final long[] before, final long sent) {
        final long deadlineNs = System.nanoTime() + SETTLE_NS;
        while (true) {
            final long[] now = counts();
            final long vanished = sent - (now[0] - before[0]) - (now[1] - before[1]);
            if (vanished <= 0) {
                return now[1] - before[1];
            }
            if (System.nanoTime() > deadlineNs) {
                throw new LabException(("%,d of %,d frames never reached the other end of %s in %s: it is down, or it "
                                + "has neither generic receive offload nor an XDP program any more")
                        .formatted(vanished, sent, Host.DEVICE, host.namespace()));
            }
        }
    }

    private Sent send(final Load load) {
        if (cpu >= 0) {
            LibcThread.pinToCpu(cpu);
        }
        late.reset();
        final long aheadNs = clock.aheadNs();
        final long beganNs = clock.nowNs();
        final long endNs = load.perSecond() == 0 ? flatOut(load, beganNs, aheadNs) : atRate(load, beganNs);
        clock.requireUnset(aheadNs);
        return new Sent(
                load,
                program.frames(),
                (endNs - beganNs) / 1e9,
                0,
                0,
                late.getValueAtPercentile(99),
                late.getMaxValue());
    }

    private long flatOut(final Load load, final long beganNs, final long aheadNs) {
        // System.nanoTime is the clock that programs read, CLOCK_MONOTONIC (os_posix.cpp, javaTimeNanos).
        program.beginFlatOut(load.run(), aheadNs);
        final long lastNs = beganNs + (long) (load.seconds() * SECOND_NS);
        long nowNs = beganNs;
        while (nowNs < lastNs) {
            check(frames.run(FLAT_OUT_FRAMES));
            nowNs = clock.nowNs();
        }
        return nowNs;
    }

    /** Ends when all is sent, or a little after the time when the generator cannot keep up. */
    private long atRate(final Load load, final long beganNs) {
        final double gapNs = (double) SECOND_NS / load.perSecond();
        program.beginAtRate(load.run(), beganNs, gapNs);
        final long all = load.frames();
        final long lastNs = beganNs + (long) (load.seconds() * SECOND_NS) + OVERTIME_NS;
        long nowNs = beganNs;
        long sent = 0;
        while (sent < all && nowNs < lastNs) {
            final long first = sent;
            final long due = Math.min(Math.min((long) ((nowNs - beganNs) / gapNs) + 1, all), first + BATCH);
            if (due > first) {
                check(frames.run((int) (due - first)));
                sent = program.frames();
            } else if (load.restNs() > 0) {
                LockSupport.parkNanos(load.restNs());
            }
            nowNs = clock.nowNs();
            for (long frame = first; frame < sent; frame++) {
                late.recordValue(Math.clamp(nowNs - beganNs - (long) (frame * gapNs), 0, LATEST_NS));
            }
        }
        return nowNs;
    }

    @Override
    public void close() {
        receiver.close();
        frames.close();
        known.close();
        program.close();
        writer.close();
        clock.close();
    }
}
