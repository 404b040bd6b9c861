package org.portolan.control.history.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.eclipse.jgit.lib.Constants;
import org.junit.jupiter.api.Test;
import org.portolan.control.history.pack.BaseCache.Unpacked;

class BaseCacheTest {
    private final BaseCache cache = new BaseCache();
    private final PackFile one = new PackFile(0, () -> Path.of("one.pack"), new PackWindows());
    private final PackFile two = new PackFile(1, () -> Path.of("two.pack"), new PackWindows());

    private Unpacked put(final PackFile pack, final long offset, final int length) {
        final Unpacked object = new Unpacked(pack, offset, Constants.OBJ_BLOB, new byte[length]);
        cache.put(object);
        return object;
    }

    private long keptBytes(final int upTo) {
        long bytes = 0;
        for (int offset = 0; offset < upTo; offset++) {
            final Unpacked found = cache.get(one, offset);
            bytes += found == null ? 0 : found.bytes().length;
        }
        return bytes;
    }

    @Test
    void shouldTellPacksApart() {
        final Unpacked first = put(one, 12, 100);
        final Unpacked second = put(two, 12, 100);
        assertThat(cache.get(one, 12)).isSameAs(first);
        assertThat(cache.get(two, 12)).isSameAs(second);
        assertThat(cache.get(two, 13)).isNull();
    }

    @Test
    void shouldKeepEightMegabytesAndTheNewest() {
        for (int offset = 0; offset < 20_000; offset++) {
            final Unpacked newest = put(one, offset, 1 << 14);
            assertThat(cache.get(one, offset)).isSameAs(newest);
        }
        assertThat(keptBytes(20_000)).isBetween(7L << 20, 8L << 20);
    }

    @Test
    void shouldNotKeepWhatIsLong() {
        put(one, 12, (1 << 14) + 1);
        assertThat(cache.get(one, 12)).isNull();
    }
}
