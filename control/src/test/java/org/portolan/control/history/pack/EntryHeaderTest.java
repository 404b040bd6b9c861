package org.portolan.control.history.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HexFormat;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntryHeaderTest {
    private static final int OFFSET = 1 << 20;

    private final EntryHeader header = new EntryHeader();

    private void read(final String hex) throws IOException {
        final byte[] bytes = HexFormat.of().parseHex(hex);
        header.read(at -> Byte.toUnsignedInt(bytes[(int) at - OFFSET]), OFFSET);
    }

    @ParameterizedTest
    @CsvSource({
        "30, 0, 1",
        "3f, 15, 1",
        "b001, 16, 2",
        "bf7f, 2047, 2",
        "b08001, 2048, 3",
        "bfffffffff0f, 68719476735, 6"
    })
    void shouldReadTheSizeLeastBitsFirst(final String hex, final long size, final int length) throws IOException {
        read(hex);
        assertThat(header.type()).isEqualTo(Constants.OBJ_BLOB);
        assertThat(header.size()).isEqualTo(size);
        assertThat(header.data()).isEqualTo(OFFSET + length);
    }

    @ParameterizedTest
    @CsvSource({"6501, 1", "657f, 127", "658000, 128", "65ff7f, 16511", "65808000, 16512"})
    void shouldReadHowFarBackTheBaseIs(final String hex, final long distance) throws IOException {
        read(hex);
        assertThat(header.type()).isEqualTo(Constants.OBJ_OFS_DELTA);
        assertThat(header.base()).isEqualTo(OFFSET - distance);
        assertThat(header.data()).isEqualTo(OFFSET + hex.length() / 2);
    }

    @Test
    void shouldReadWhatTheBaseIs() throws IOException {
        read("75" + "ab".repeat(20));
        assertThat(header.baseId()).isEqualTo(ObjectId.fromString("ab".repeat(20)));
        assertThat(header.data()).isEqualTo(OFFSET + 21);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00", // no type
                "50", // the type that is kept for later
                "bfffffffffff01", // a size of 46 bits
                "6500", // itself
                "65ffffff7f", // before the beginning
                "65ffffffffffffffffff01", // a distance without an end
            })
    void shouldRefuseWhatCannotBeAnEntry(final String hex) {
        assertThatThrownBy(() -> read(hex)).isInstanceOf(CorruptObjectException.class);
    }
}
