package org.portolan.dataplane.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.portolan.dataplane.system.HeldDirectory;
import org.portolan.dataplane.system.LibcException;

/** Slabs that are files: what a second process finds, and when it begins with zeros. */
class SlabFileTest {
    private static final BootId BOOT = new BootId(0x0123_4567_89AB_4DEFL, 0x8123_4567_89AB_CDEFL);
    private static final SlabFormat FORMAT = new SlabFormat(1, 64, 1_000, 42, BOOT);
    private static final String NAME = "sessions";
    private static final int HUGE_PAGE_BYTES = 2 << 20;

    @TempDir
    private Path directory;

    private int self;

    @BeforeEach
    void whoAmI() throws IOException {
        self = (int) Files.getAttribute(directory, "unix:uid");
    }

    private Slab open(final SlabFormat format) {
        try (HeldDirectory held = HeldDirectory.hold(directory)) {
            return Slab.open(held, NAME, format, self);
        }
    }

    private Path file() {
        return directory.resolve(NAME);
    }

    /** Makes the file, with a mark in the last record. */
    private void leave() {
        try (Slab slab = open(FORMAT)) {
            assertThat(slab.isKept()).isFalse();
            assertThat(slab.bytes()).isEqualTo(64_000);
            assertThat(Memory.longAt(slab.address() + 63_992)).isZero();
            Memory.putLong(slab.address() + 63_992, 7);
        }
    }

    private void assertBeginsWithZeros(final SlabFormat format) {
        try (Slab slab = open(format)) {
            assertThat(slab.isKept()).isFalse();
            assertThat(Memory.longAt(slab.address() + 63_992)).isZero();
        }
    }

    private void assertIsKept(final SlabFormat format) {
        try (Slab slab = open(format)) {
            assertThat(slab.isKept()).isTrue();
            assertThat(Memory.longAt(slab.address() + 63_992)).isEqualTo(7);
        }
    }

    @Test
    void shouldKeepItsRecordsForTheNextProcess() throws IOException {
        leave();
        assertThat(Files.size(file())).isEqualTo(HUGE_PAGE_BYTES);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertIsKept(FORMAT);
        assertIsKept(FORMAT);
    }

    static List<SlabFormat> others() {
        return List.of(
                new SlabFormat(2, 64, 1_000, 42, BOOT),
                new SlabFormat(1, 32, 2_000, 42, BOOT),
                new SlabFormat(1, 64, 1_001, 42, BOOT),
                new SlabFormat(1, 64, 1_000, 43, BOOT),
                new SlabFormat(1, 64, 1_000, 42, new BootId(BOOT.high(), 1)),
                new SlabFormat(1, 64, 1_000, 42, new BootId(1, BOOT.low())),
                new SlabFormat(1, 64, 40_000, 42, BOOT));
    }

    @ParameterizedTest
    @MethodSource("others")
    void shouldBeginWithZerosWhenAnythingOfTheFormatDiffers(final SlabFormat other) {
        leave();
        assertBeginsWithZeros(other);
    }

    @Test
    void shouldKeepRecordsUnderThePolicyThatTheyWereChangedTo() {
        leave();
        try (Slab slab = open(FORMAT)) {
            slab.changePolicy(43);
        }
        assertIsKept(new SlabFormat(1, 64, 1_000, 43, BOOT));
    }

    @Test
    void shouldTakeNoPolicyForAnonymousMemory() {
        try (Slab slab = Slab.allocate(100, "test")) {
            slab.changePolicy(43);
            assertThat(slab.isKept()).isFalse();
        }
    }

    static Stream<byte[]> headers() {
        final byte[] ones = new byte[SlabHeader.BYTES];
        java.util.Arrays.fill(ones, (byte) 0xFF);
        return Stream.of(new byte[SlabHeader.BYTES], ones, "PORTSLB".getBytes());
    }

    @ParameterizedTest
    @MethodSource("headers")
    void shouldBeginWithZerosWhenTheHeaderIsOverwritten(final byte[] header) throws IOException {
        leave();
        final byte[] all = Files.readAllBytes(file());
        System.arraycopy(header, 0, all, 0, header.length);
        Files.write(file(), all);
        assertBeginsWithZeros(FORMAT);
    }

    /** Its maker was killed before it wrote the header's last word. */
    @Test
    void shouldBeginWithZerosWhenTheFileWasNotFinished() throws IOException {
        leave();
        final byte[] all = Files.readAllBytes(file());
        all[SlabHeader.WHOLE_OFFSET] = 0;
        Files.write(file(), all);
        assertBeginsWithZeros(FORMAT);
    }

    @Test
    void shouldBeginWithZerosWhenTheFileWasCutOff() throws IOException {
        leave();
        Files.write(file(), java.util.Arrays.copyOf(Files.readAllBytes(file()), HUGE_PAGE_BYTES / 2));
        assertBeginsWithZeros(FORMAT);
        assertThat(Files.size(file())).isEqualTo(HUGE_PAGE_BYTES);
    }

    @Test
    void shouldNotUseAFileThatOthersMayWriteTo() throws IOException {
        leave();
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-rw-rw-"));
        assertBeginsWithZeros(FORMAT);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldNotFollowALinkOrUseAFileWithTwoNames() throws IOException {
        leave();
        final Path other = directory.resolve("other");
        Files.move(file(), other);
        Files.createSymbolicLink(file(), other);
        assertBeginsWithZeros(FORMAT);
        assertThat(Files.isSymbolicLink(file())).isFalse();
        Files.delete(file());
        Files.createLink(file(), other);
        assertBeginsWithZeros(FORMAT);
    }

    @Test
    void shouldSayWhichFileHasNoRoom() {
        final SlabFormat huge = new SlabFormat(1, 1 << 30, 1 << 20, 42, BOOT);
        assertThatThrownBy(() -> open(huge)).isInstanceOf(LibcException.class).hasMessageContaining(file().toString());
        assertThat(file()).doesNotExist();
        assertThat(directory.resolve(NAME + ".new")).doesNotExist();
    }

    @Test
    void shouldReadTheBootOfThisMachine() throws IOException {
        assertThat(BootId.current()).isEqualTo(BootId.current()).isNotEqualTo(new BootId(0, 0));
    }

    @Test
    void shouldLieOnHugetlbfs() throws IOException {
        final Path pages = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages");
        assumeThat(Files.exists(pages) && !Files.readString(pages).strip().equals("0"))
                .as("free huge pages")
                .isTrue();
        final Path mount = Path.of("/dev/hugepages");
        assumeThat(Files.isWritable(mount)).isTrue();
        final Path place = Files.createTempDirectory(mount, "portolan-test");
        final Path before = directory;
        try {
            directory = place;
            leave();
            assertIsKept(FORMAT);
        } finally {
            directory = before;
            Files.deleteIfExists(place.resolve(NAME));
            Files.delete(place);
        }
    }
}
