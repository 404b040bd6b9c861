package org.portolan.bench.device;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.portolan.bench.lab.Command;
import org.portolan.bench.lab.CpuTime;
import org.portolan.bench.lab.DeviceUnderTest;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.JavaCommand;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.lab.LabException;

/** Portolan's rings and nothing between them: what the frames' way in and out costs by itself. */
public final class NullDevice implements DeviceKind {
    @Override
    public String id() {
        return "null";
    }

    @Override
    public String name() {
        return "null forwarder (AF_PACKET)";
    }

    @Override
    public boolean translates() {
        return false;
    }

    @Override
    public int hops() {
        return 0;
    }

    @Override
    public DeviceUnderTest in(final Lab lab, final Terms terms) {
        return new Running(lab);
    }

    private static final class Running implements DeviceUnderTest {
        private static final long START_TIMEOUT_MS = 20_000;

        private final Lab lab;
        private Process process;

        private Running(final Lab lab) {
            this.lab = lab;
        }

        @Override
        public String name() {
            return "null forwarder (AF_PACKET)";
        }

        /** It speaks no ARP, so both ends get the addresses to send to. */
        @Override
        public void start() {
            tell(lab.client(), Lab.INSIDE_ADDRESS, lab.router().deviceMac(Lab.LAN));
            tell(lab.server(), Lab.OUTSIDE_ADDRESS, lab.router().deviceMac(Lab.WAN));
            lab.server().namespace().ip("route", "add", Terms.INSIDE_NETWORK, "via", Lab.OUTSIDE_ADDRESS);
            lab.server().namespace().ip("route", "add", Terms.HOSTS_NETWORK, "via", Lab.OUTSIDE_ADDRESS);
            process = lab.router()
                    .start(new ProcessBuilder(JavaCommand.likeARouter(
                                    NullForwarder.class,
                                    List.of(
                                            Lab.LAN,
                                            lab.server().mac(),
                                            Lab.WAN,
                                            lab.client().mac())))
                            .redirectError(ProcessBuilder.Redirect.INHERIT));
            awaitReady();
        }

        private static void tell(final Host host, final String address, final String mac) {
            host.namespace().ip("neighbor", "replace", address, "lladdr", mac, "dev", Host.DEVICE);
        }

        private void awaitReady() {
            final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_TIMEOUT_MS);
            try {
                while (process.getInputStream().available() == 0) {
                    if (!process.isAlive() || System.nanoTime() > deadlineNs) {
                        throw new LabException("the null forwarder did not start");
                    }
                    Thread.sleep(10);
                }
            } catch (final IOException e) {
                throw new LabException("the null forwarder did not start: " + e.getMessage(), e);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LabException("interrupted", e);
            }
        }

        @Override
        public void stop() {
            if (process == null) {
                return;
            }
            process.destroy();
            process = null;
            lab.server().namespace().ip("route", "delete", Terms.INSIDE_NETWORK);
            lab.server().namespace().ip("route", "delete", Terms.HOSTS_NETWORK);
        }

        @Override
        public void requireRunning() {
            if (!process.isAlive()) {
                throw new LabException("the null forwarder ended with exit code " + process.exitValue());
            }
        }

        @Override
        public double cpuSeconds() {
            return CpuTime.of(process);
        }

        @Override
        public void let(final boolean run) {
            Command.run("kill", run ? "-CONT" : "-STOP", Long.toString(process.pid()));
        }

        @Override
        public Map<String, String> settings() {
            return Map.of(
                    "what it does",
                    "takes each frame from one ring, writes the Ethernet addresses, puts it into the other");
        }
    }
}
