package org.portolan.control.history.store;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.internal.util.CleanupService;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.storage.file.WindowCacheConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * What JGit may know of the machine: the time and nothing else. Left alone it starts {@code git} to find a system-wide
 * configuration, reads the user's, and writes to the user's home.
 */
final class IsolatedSystem extends SystemReader {
    private static final int WINDOW_CACHE_BYTES = 32 << 20;
    private static final int DELTA_BASE_BYTES = 16 << 20;

    private static final String FILE_SYSTEM = "filesystem";
    private static final int FILE_TIME_MS = 20;

    private IsolatedSystem() {}

    /** Makes it JGit's view of this process. Harmless when called twice. */
    static synchronized void install() {
        if (SystemReader.getInstance() instanceof IsolatedSystem) {
            return;
        }
        SystemReader.setInstance(new IsolatedSystem());
        keepLocksAtTheEnd();
        final WindowCacheConfig cache = new WindowCacheConfig();
        cache.setPackedGitLimit(WINDOW_CACHE_BYTES);
        cache.setDeltaBaseCacheLimit(DELTA_BASE_BYTES);
        cache.install();
    }

    /**
     * By default JGit takes every lock away as soon as the JVM is asked to end, while the historian writes its last
     * words: they failed with "Lock not held". With a cleanup service that nobody calls it does not; what a killed
     * writer leaves is taken away at the next start.
     */
    private static void keepLocksAtTheEnd() {
        new CleanupService();
    }

    @Override
    public String getHostname() {
        return "localhost";
    }

    @Override
    public String getenv(final String variable) {
        return null;
    }

    @Override
    public String getProperty(final String key) {
        return System.getProperty(key);
    }

    @Override
    public FileBasedConfig openUserConfig(final Config parent, final FS fs) {
        return new Nothing(parent, fs);
    }

    @Override
    public FileBasedConfig openSystemConfig(final Config parent, final FS fs) {
        return new Nothing(parent, fs);
    }

    @Override
    public FileBasedConfig openJGitConfig(final Config parent, final FS fs) {
        return new Nothing(parent, fs);
    }

    @Override
    @SuppressWarnings("deprecation")
    public long getCurrentTime() {
        return System.currentTimeMillis();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    @SuppressWarnings("deprecation")
    public int getTimezone(final long when) {
        return 0;
    }

    @Override
    public ZoneOffset getTimeZoneAt(final Instant when) {
        return ZoneOffset.UTC;
    }

    /** A configuration without a file: empty to its readers, and what is put in stays in memory. */
    private static final class Nothing extends FileBasedConfig {
        Nothing(final Config parent, final FS fs) {
            super(parent, null, fs);
        }

        @Override
        public void load() {
            // There is no file.
        }

        @Override
        public void save() {
            // There is no file.
        }

        /**
         * How exact file times are. JGit would measure it for seconds, with files that it makes in the repository, and
         * then ask here; Linux stamps files with the time of its tick, 10 ms at most, and 2 s is FAT's.
         */
        @Override
        public long getTimeUnit(
                final String section,
                final String subsection,
                final String name,
                final long byDefault,
                final TimeUnit unit) {
            return section.equals(FILE_SYSTEM)
                    ? unit.convert(FILE_TIME_MS, TimeUnit.MILLISECONDS)
                    : super.getTimeUnit(section, subsection, name, byDefault, unit);
        }

        @Override
        public boolean isOutdated() {
            return false;
        }
    }
}
