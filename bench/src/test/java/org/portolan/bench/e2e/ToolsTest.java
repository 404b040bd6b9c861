package org.portolan.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.portolan.bench.lab.JsonValue;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.lab.Pattern;
import org.portolan.bench.lab.RawFrame;
import org.portolan.dataplane.io.Offload;

/** What the end-to-end tests judge by; no root needed. */
class ToolsTest {
    @Test
    void shouldReceiveThePatternThatWasSent() throws IOException {
        final Pattern pattern = new Pattern(7, 1_000_001);
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        pattern.writeTo(out);
        final byte[] sent = out.toByteArray();
        assertThat(Pattern.receive(new ByteArrayInputStream(sent)))
                .isEqualTo(new Pattern.Received(1_000_001, pattern.sha256()));
        sent[700_000] ^= 1;
        assertThat(Pattern.receive(new ByteArrayInputStream(sent)).sha256()).isNotEqualTo(pattern.sha256());
    }

    @Test
    void shouldMakeEachBlockOfAPatternDifferent() throws IOException {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Pattern(7, 512 << 10).writeTo(out);
        final byte[] sent = out.toByteArray();
        assertThat(Arrays.mismatch(sent, 0, 256 << 10, sent, 256 << 10, 512 << 10))
                .isEqualTo(7);
    }

    @Test
    void shouldTellARightChecksumFromAWrongAndAPartialOne() {
        final RawFrame right = RawFrame.udp(
                "02:00:00:00:00:01", "02:00:00:00:00:02", "192.168.1.10", 40_001, "203.0.113.1", 2001, 64, new byte[] {
                    1, 2, 3
                });
        assertThat(right.headerChecksumIsRight()).isTrue();
        assertThat(right.transportChecksumIsRight()).isTrue();
        final long left = Offload.pack(Offload.NEEDS_CHECKSUM, 0, 0, 34, 6);
        assertThat(new RawFrame(right.bytes(), left).transportChecksumIsRight())
                .as("complete, marked partial")
                .isFalse();
        final byte[] partial = right.bytes().clone();
        // c0a8 + 010a + cb00 + 7101 + 17 + 11, carries added back
        final int sum = 0xc0a8 + 0x010a + 0xcb00 + 0x7101 + 17 + 11;
        final int folded = (sum & 0xFFFF) + (sum >>> 16);
        partial[40] = (byte) (folded >>> 8);
        partial[41] = (byte) folded;
        assertThat(new RawFrame(partial, left).transportChecksumIsRight()).isTrue();
        assertThat(new RawFrame(partial, Offload.NONE).transportChecksumIsRight())
                .as("partial, marked complete")
                .isFalse();
        assertThat(new RawFrame(partial, Offload.pack(Offload.NEEDS_CHECKSUM, 0, 0, 34, 16)).transportChecksumIsRight())
                .as("names the wrong field")
                .isFalse();
    }

    @Test
    void shouldSayWhichKeyAnAnswerLacks() {
        final JsonValue json = JsonValue.parse("{\"sessions\": [{\"port\": 7, \"mac\": null}], \"more\": false}");
        assertThat(json.get("sessions").list().getFirst().get("port").number()).isEqualTo(7);
        assertThat(json.get("more").truth()).isFalse();
        assertThatThrownBy(() -> json.get("sessions").list().getFirst().get("state"))
                .isInstanceOf(LabException.class)
                .hasMessageStartingWith("$.sessions.[] has no key state");
        assertThatThrownBy(() -> JsonValue.parse("{\"a\": ")).isInstanceOf(LabException.class);
    }
}
