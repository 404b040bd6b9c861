package org.portolan.dataplane.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;
import org.portolan.dataplane.wire.Ipv4;
import org.portolan.dataplane.wire.Packet;
import org.portolan.dataplane.wire.Tcp;

/** The short way through a window check says and notes what the long one does, on random numbers around the bounds. */
class TcpWindowAgreementTest {
    private static final int SEGMENTS = 200_000;
    private static final int HEADERS = Ipv4.HEADER_BYTES + Tcp.HEADER_BYTES;
    private static final int ESTABLISHED = SessionState.TCP_ESTABLISHED.code;

    private final Random random = new Random(17);
    private final Packet packet = new Packet();

    @Test
    void shouldCarryOnlyWhatFitsAndNoteTheSame() {
        int carried = 0;
        try (Slab memory = Slab.allocate(512, "a session and a segment")) {
            final long line = memory.address();
            final long companion = line + 64;
            final long other = line + 128;
            final long frame = line + 192;
            for (int i = 0; i < SEGMENTS; i++) {
                final int end = numbers(line, companion);
                segment(frame, companion, end);
                copy(companion, other);
                final int side = random.nextInt(2);
                final boolean carries = TcpWindow.carries(line, companion, packet, side);
                final int verdict = TcpWindow.judge(line, other, ESTABLISHED, packet, side, false);
                if (carries) {
                    carried++;
                    assertThat(verdict).as("segment %d", i).isEqualTo(TcpWindow.FITS);
                }
                for (int at = 0; carries && at < CompanionLayout.RECORD_BYTES; at += Long.BYTES) {
                    assertThat(Memory.longAt(companion + at)).isEqualTo(Memory.longAt(other + at));
                }
                final boolean known = TcpNumbers.isHeard(companion, 0) && TcpNumbers.isHeard(companion, 1);
                assertThat(carries || !known || verdict != TcpWindow.FITS)
                        .as("segment %d takes the long way without need", i)
                        .isTrue();
            }
        }
        assertThat(carried).isBetween(SEGMENTS / 10, SEGMENTS * 9 / 10);
    }

    /** What is known of both sides, anywhere in the numbers; the end of one side. */
    private int numbers(final long line, final long companion) {
        final int end = random.nextInt();
        for (int side = 0; side < 2; side++) {
            Memory.putU8(TcpNumbers.scaleAddress(line, side), random.nextInt(15));
            TcpNumbers.putEnd(companion, side, end + around(1 << 20));
            TcpNumbers.putEdge(companion, side, end + around(1 << 20));
            TcpNumbers.putWindow(companion, side, random.nextInt(10) == 0 ? 0 : random.nextInt(1 << 16));
        }
        return end;
    }

    private void segment(final long frame, final long companion, final int end) {
        final int payload = random.nextInt(100);
        Ipv4.putHeader(frame, HEADERS + payload, 1, false, 64, Ipv4.TCP, 1, 2);
        final long tcp = frame + Ipv4.HEADER_BYTES;
        Tcp.putSourcePort(tcp, 5);
        Tcp.putDestinationPort(tcp, 6);
        final int near = TcpNumbers.end(companion, random.nextInt(2));
        Memory.putU32(tcp + Tcp.SEQUENCE_OFFSET, (random.nextBoolean() ? near : end) + around(1 << random.nextInt(31)));
        Memory.putU32(tcp + Tcp.ACKNOWLEDGMENT_OFFSET, near - random.nextInt(1 << 1 + random.nextInt(29)));
        Memory.putU8(tcp + Tcp.DATA_OFFSET_OFFSET, 5 << 4);
        Memory.putU8(tcp + Tcp.FLAGS_OFFSET, Tcp.ACK);
        Memory.putU16(tcp + Tcp.WINDOW_OFFSET, random.nextInt(1 << 16));
        assertThat(packet.parse(frame, HEADERS + payload)).isZero();
    }

    private int around(final int most) {
        return random.nextInt(most) - most / 2;
    }

    private static void copy(final long from, final long to) {
        for (int at = 0; at < CompanionLayout.RECORD_BYTES; at += Long.BYTES) {
            Memory.putLong(to + at, Memory.longAt(from + at));
        }
    }
}
