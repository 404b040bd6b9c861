package org.portolan.control.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An error about a value points at the value, one about a key at the key, in each form that TOML has. */
final class ValuePositionTest {
    private static final String INTERFACES =
            "interfaces.lan = { device = \"eth1\", role = \"inside\", address = \"192.168.1.1/24\" }\n"
                    + "interfaces.wan = { device = \"eth0\", role = \"outside\", address = \"203.0.113.2/24\" }\n";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "io.workers   =    0                      | 3:19 | io.workers",
                "io . workers = 0                         | 3:16 | io.workers",
                "\"io\" . \"workers\"=0                   | 3:18 | io.workers",
                "'io'.'workers' = 0                       | 3:18 | io.workers",
                "io = { idle = \"busy\",  workers =  0 }  | 3:35 | io.workers",
                "nat = { timeouts = { udp = 0 } }         | 3:28 | nat.timeouts.udp",
                "nat.timeouts = { udp.x = 0 }             | 3:18 | nat.timeouts.udp",
                "io = {cpus=[  -1]}                       | 3:15 | io.cpus[0]",
                "io.cpus = [ 0,#x~  -1 ]                  | 4:3 | io.cpus[1]",
                "[io]~\tworkers\t=\t0                     | 4:12 | io.workers",
                "[ 'io' ]~workers = 0 # = 1               | 4:11 | io.workers",
                "io.idle = '''~x'''                       | 3:11 | io.idle",
                "io.idle = \"é = 'x' #\"                  | 3:11 | io.idle",
                "router.\"näme\".x = 1                     | 3:1 | router.\"näme\"",
                "io = 5                                   | 3:6 | io",
                "nat.forward = 5                          | 3:15 | nat.forward",
                "nat.forward = [ 5 ]                      | 3:17 | nat.forward[0]",
                "[[nat.forward]]~protocol = 'x'~external='203.0.113.2:1'~internal='192.168.1.9:1'"
                        + " | 4:12 | nat.forward[0].protocol",
                "io.wrkers = 0                            | 3:1 | io.wrkers",
                "io = { wrkers = 0 }                      | 3:8 | io.wrkers",
                "io = { hugepages = true }                | 3:8 | io.hugepages",
                "[io.wrkers]                              | 3:1 | io.wrkers"
            })
    void shouldPointAtWhatIsWrong(final String text, final String place, final String key) throws IOException {
        final Path file = Files.writeString(directory.resolve("c.toml"), INTERFACES + text.replace('~', '\n'));
        final Problem error = ConfigFile.load(file).errors().getFirst();
        assertThat(error.line() + ":" + error.column() + " " + error.key()).isEqualTo(place + " " + key);
    }
}
