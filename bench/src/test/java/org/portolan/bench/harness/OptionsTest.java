package org.portolan.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.bench.device.DeviceKind;
import org.portolan.bench.device.RouteDevice;
import org.portolan.bench.device.Terms;
import org.portolan.bench.lab.DeviceUnderTest;
import org.portolan.bench.lab.Lab;
import org.portolan.bench.run.Point;
import org.portolan.control.text.UsageException;

class OptionsTest {
    private static final Map<String, String> ALL = Map.of(
            "--rounds", "5",
            "--seconds", "0.5",
            "--devices", "route,null",
            "--sizes", "1518,imix",
            "--sessions", "64_512,1",
            "--only", "tcp,throughput");

    private static Options full(final Map<String, String> given) throws UsageException {
        return Options.of("full", given);
    }

    @Test
    void shouldMeasureTwoDevicesQuicklyAndAllOfThemInFull() throws UsageException {
        assertThat(Options.of("quick", Map.of()).devices().stream().map(DeviceKind::id))
                .containsExactly("portolan", "nftables");
        assertThat(full(Map.of()).devices().stream().map(DeviceKind::id))
                .containsExactly("portolan", "nftables", "route", "null");
    }

    @Test
    void shouldTakeWhatIsAskedFor() throws UsageException {
        final Options options = full(ALL);
        assertThat(options.rounds()).isEqualTo(5);
        assertThat(options.trialS()).isEqualTo(0.5);
        assertThat(options.devices().stream().map(DeviceKind::id)).containsExactly("route", "null");
        assertThat(options.sizes()).containsExactly("1518", "imix");
        assertThat(options.sessions()).containsExactly(64_512L, 1L);
        assertThat(options.only()).containsExactly(Point.Kind.THROUGHPUT, Point.Kind.TCP);
    }

    /** Another NAT is one file: nothing here has to know of it. */
    @Test
    void shouldTakeADeviceByTheNameOfItsClass() throws UsageException {
        final Options options = full(Map.of("--devices", "portolan," + ForeignDevice.class.getName()));
        assertThat(options.devices()).last().isInstanceOf(ForeignDevice.class);
        assertThat(Options.of("full", options.texts()).devices()).last().isInstanceOf(ForeignDevice.class);
    }

    /** A device that the harness does not know. */
    public static final class ForeignDevice implements DeviceKind {
        @Override
        public String id() {
            return "foreign";
        }

        @Override
        public String name() {
            return "a foreign one";
        }

        @Override
        public DeviceUnderTest in(final Lab lab, final Terms terms) {
            return new RouteDevice().in(lab, terms);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--rounds, 0, a whole number from 1 to 100",
        "--rounds, many, a whole number from 1 to 100",
        "--rounds, 2.5, a whole number from 1 to 100",
        "--seconds, 0, a number from 0.1 to 600",
        "--seconds, NaN, a number from 0.1 to 600",
        "--devices, vpp, 'portolan, nftables, route, null'",
        "--devices, org.example.None, implements DeviceKind",
        "--devices, java.lang.String, implements DeviceKind",
        "--sizes, 40, 64 to 1518",
        "--sessions, 5000000, 'from 1 to 4128768'",
        "--only, speed, 'throughput, overload, setup'",
    })
    void shouldSayWhatIsAllowed(final String option, final String value, final String said) {
        assertThatThrownBy(() -> full(Map.of(option, value)))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(said);
    }

    @Test
    void shouldPlanOnlyWhatIsWanted() throws UsageException {
        final Plan plan = full(Map.of("--only", "throughput,setup", "--sizes", "64", "--sessions", "1"))
                .plan();
        assertThat(plan.scenes().stream()
                        .flatMap(scene -> scene.tasks().stream())
                        .map(Task::kind))
                .containsExactly(Point.Kind.THROUGHPUT, Point.Kind.THROUGHPUT, Point.Kind.SETUP);
    }

    @Test
    void shouldGoOnWithTheOptionsThatTheRunBeganWith() throws UsageException {
        final Map<String, String> stored = full(ALL).texts();
        assertThat(Options.resumed("full", stored, Map.of())).isEqualTo(full(ALL));
        assertThat(Options.resumed("full", stored, Map.of("--sessions", "64512,1", "--only", "throughput,tcp")))
                .as("the same in other words")
                .isEqualTo(full(ALL));
        final Map<String, String> defaults = Options.of("quick", Map.of()).texts();
        assertThat(defaults).containsEntry("--seconds", "1.5").doesNotContainKeys("--sizes", "--sessions");
        assertThat(Options.resumed("quick", defaults, Map.of("--rounds", "3")))
                .as("a default that is said")
                .isEqualTo(Options.of("quick", Map.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--rounds; 3; --rounds 3: the run has --rounds 5,",
                "--seconds; 2; --seconds 2: the run has --seconds 0.5,",
                "--devices; null,route; the run has --devices route,null,",
                "--sizes; 64; the run has --sizes 1518,imix,",
                "--sessions; 1; the run has --sessions 64512,1,",
                "--only; tcp; the run has --only throughput,tcp,",
            })
    void shouldRefuseAnOptionThatTheRunDidNotBeginWith(final String option, final String value, final String said)
            throws UsageException {
        final Map<String, String> stored = full(ALL).texts();
        assertThatThrownBy(() -> Options.resumed("full", stored, Map.of(option, value)))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(said)
                .hasMessageEndingWith("leave " + option + " out");
    }

    @Test
    void shouldNotGuessTheOptionsOfARunThatStoredNone() {
        assertThatThrownBy(() -> Options.resumed("quick", Map.of(), Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("did not store its options");
    }
}
