package org.portolan.dataplane.io.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.io.DeviceIo;
import org.portolan.dataplane.io.FrameBatch;
import org.portolan.dataplane.io.FrameIo;
import org.portolan.dataplane.io.Offload;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;

class PcapIoTest {
    private static final int LONGEST = PcapFormat.LONGEST_FRAME_BYTES;

    private final FrameBatch batch = new FrameBatch(64);
    private long nowNs;

    @TempDir
    private Path directory;

    private Path input(final int... lengths) throws IOException {
        final Path input = directory.resolve("input");
        try (PcapWriter writer = new PcapWriter(input)) {
            for (int i = 0; i < lengths.length; i++) {
                final byte[] frame = new byte[lengths[i]];
                java.util.Arrays.fill(frame, (byte) i);
                writer.write(1_000 + 10L * i, frame, lengths[i]);
            }
        }
        return input;
    }

    private DeviceIo open(final PcapDriver driver) {
        return driver.open(driver.find("lan", 1, List.of()).orElseThrow());
    }

    @Test
    void shouldReceiveAFrameWhenItsTimeHasCome() throws IOException {
        final PcapDriver driver = new PcapDriver(Map.of("lan", input(60, 14, 0)), directory, () -> nowNs);
        try (DeviceIo io = open(driver)) {
            nowNs = 999;
            assertThat(io.receive(batch)).isZero();
            assertThat(driver.nextNs()).isEqualTo(1_000);
            nowNs = 1_010;
            assertThat(io.receive(batch)).isEqualTo(2);
            assertThat(batch.frame(1).length()).isEqualTo(14);
            assertThat(Memory.u8(batch.frame(1).address() + 13)).isEqualTo(1);
            io.release();
            nowNs = 2_000;
            assertThat(io.receive(batch)).isEqualTo(1);
            assertThat(driver.nextNs()).isEqualTo(Long.MAX_VALUE);
            assertThat(driver.received()).containsExactly(3L);
        }
    }

    /** Each borrowed frame has its bytes to itself, headroom and least room included. */
    @Test
    void shouldGiveAsManyFramesAsHaveRoom() throws IOException {
        final int[] lengths = new int[20];
        java.util.Arrays.fill(lengths, LONGEST);
        lengths[0] = 1;
        final PcapDriver driver = new PcapDriver(Map.of("lan", input(lengths)), directory, () -> nowNs);
        nowNs = 9_999;
        try (DeviceIo io = open(driver)) {
            int frames = 0;
            for (int received = io.receive(batch); received > 0; received = io.receive(batch)) {
                for (int i = 0; i < received; i++) {
                    final long frame = batch.frame(i).address();
                    final int length = batch.frame(i).length();
                    assertThat(length).isEqualTo(lengths[frames]);
                    Memory.zero(frame - FrameIo.HEADROOM_BYTES, FrameIo.HEADROOM_BYTES);
                    assertThat(Memory.u8(frame)).isEqualTo(frames);
                    assertThat(Memory.u8(frame + length - 1)).isEqualTo(frames);
                    Memory.zero(frame, Math.max(length, FrameIo.LEAST_ROOM_BYTES));
                    frames++;
                }
                io.release();
                batch.clear();
            }
            assertThat(frames).isEqualTo(20);
        }
    }

    @Test
    void shouldWriteWhatIsSentWithTheTimeOfTheClock() throws IOException {
        final PcapDriver driver = new PcapDriver(Map.of(), directory, () -> nowNs);
        try (DeviceIo io = open(driver);
                Slab frame = Slab.allocate(128, "a frame")) {
            nowNs = 5_000_000_007L;
            Memory.putU8(frame.address() + 59, 0xAB);
            assertThat(io.send(frame.address(), 60, Offload.NONE)).isZero();
            assertThat(io.send(frame.address(), 60, Offload.pack(Offload.NEEDS_CHECKSUM, 0, 0, 34, 16)))
                    .as("a file has nobody who completes a checksum")
                    .isEqualTo(DropReason.TRANSMIT_REFUSED.code);
            assertThat(io.receive(batch)).isZero();
        }
        try (PcapReader reader = new PcapReader(PcapDriver.output(directory, "lan"))) {
            assertThat(reader.next()).isTrue();
            assertThat(reader.timeNs()).isEqualTo(5_000_000_007L);
            assertThat(reader.length()).isEqualTo(60);
            assertThat(reader.frame()[59]).isEqualTo((byte) 0xAB);
            assertThat(reader.next()).isFalse();
        }
    }
}
