package org.portolan.bench.e2e;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.portolan.bench.lab.Host;
import org.portolan.bench.lab.LabException;

/**
 * A DNS server on a host of the lab that answers every question with the same number of TXT records, over UDP and
 * whole, however large the answer is (RFC 1035 4.1, RFC 6891).
 */
final class NameServer implements AutoCloseable {
    static final int RECORDS = 14;

    private static final int PORT = 53;
    private static final int HEADER_BYTES = 12;
    private static final int TEXT_BYTES = 200;
    private static final short RESPONSE_RECURSIVE = (short) 0x8580;
    private static final short NAME_OF_QUESTION = (short) 0xC00C;
    private static final short TXT = 16;
    private static final short IN = 1;
    private static final short OPT = 41;
    private static final short UDP_BYTES = 4096;

    private final DatagramSocket socket;

    private NameServer(final DatagramSocket socket) {
        this.socket = socket;
    }

    static NameServer open(final Host host) {
        try {
            final NameServer server = new NameServer(host.namespace().call(() -> new DatagramSocket(host.at(PORT))));
            host.namespace().thread("name-server", server::serve).start();
            return server;
        } catch (final Exception e) {
            throw new LabException("a name server on " + host.address(), e);
        }
    }

    private void serve() {
        final DatagramPacket packet = new DatagramPacket(new byte[UDP_BYTES], UDP_BYTES);
        while (!socket.isClosed()) {
            try {
                packet.setLength(UDP_BYTES);
                socket.receive(packet);
                final byte[] answer = answer(Arrays.copyOf(packet.getData(), packet.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (final IOException e) {
                // Closed, or an ICMP error about an earlier answer: the next turn knows.
                Thread.onSpinWait();
            }
        }
    }

    private static byte[] answer(final byte[] query) {
        final ByteBuffer answer = ByteBuffer.allocate(UDP_BYTES);
        answer.put(query, 0, 2).putShort(RESPONSE_RECURSIVE);
        answer.putShort((short) 1).putShort((short) RECORDS).putShort((short) 0).putShort((short) 1);
        answer.put(query, HEADER_BYTES, questionBytes(query));
        for (int i = 0; i < RECORDS; i++) {
            answer.putShort(NAME_OF_QUESTION).putShort(TXT).putShort(IN).putInt(60);
            answer.putShort((short) (1 + TEXT_BYTES)).put((byte) TEXT_BYTES).put(text(i));
        }
        answer.put((byte) 0).putShort(OPT).putShort(UDP_BYTES).putInt(0).putShort((short) 0);
        return Arrays.copyOf(answer.array(), answer.position());
    }

    /** A name ends with an empty label; type and class follow. */
    private static int questionBytes(final byte[] query) {
        int at = HEADER_BYTES;
        while (query[at] != 0) {
            at += 1 + query[at];
        }
        return at + 1 + 4 - HEADER_BYTES;
    }

    /** Each record has a text of its own, so that a fragment in the wrong place shows. */
    private static byte[] text(final int record) {
        return record(record).getBytes(StandardCharsets.US_ASCII);
    }

    static String record(final int number) {
        return String.valueOf((char) ('a' + number)).repeat(TEXT_BYTES);
    }

    @Override
    public void close() {
        socket.close();
    }
}
