package org.portolan.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.portolan.bench.device.DeviceKind;
import org.portolan.bench.device.RouteDevice;
import org.portolan.bench.lab.LabException;
import org.portolan.bench.run.Point;

class OptionsTest {
    private static Options full(final String... words) {
        return Options.parse("full", List.of(words));
    }

    @Test
    void shouldMeasureTwoDevicesQuicklyAndAllOfThemInFull() {
        assertThat(Options.parse("quick", List.of()).devices().stream().map(DeviceKind::id))
                .containsExactly("portolan", "nftables");
        assertThat(full().devices().stream().map(DeviceKind::id))
                .containsExactly("portolan", "nftables", "route", "null");
    }

    @Test
    void shouldTakeWhatIsAskedFor() {
        final Options options = full(
                "--rounds",
                "5",
                "--seconds",
                "0.5",
                "--devices",
                "route,null",
                "--sizes",
                "1518,imix",
                "--sessions",
                "64_512,1");
        assertThat(options.rounds()).isEqualTo(5);
        assertThat(options.trialS()).isEqualTo(0.5);
        assertThat(options.devices().stream().map(DeviceKind::id)).containsExactly("route", "null");
        assertThat(options.sizes()).containsExactly("1518", "imix");
        assertThat(options.sessions()).containsExactly(64_512L, 1L);
    }

    /** Another NAT is one file: nothing here has to know of it. */
    @Test
    void shouldTakeADeviceByTheNameOfItsClass() {
        final Options options = full("--devices", "portolan," + RouteDevice.class.getName());
        assertThat(options.devices()).last().isInstanceOf(RouteDevice.class);
    }

    @ParameterizedTest
    @CsvSource({
        "--rounds, 0, a number from 1 to 100",
        "--rounds, many, a number from 1 to 100",
        "--seconds, 0, a number from 0.1 to 600",
        "--devices, vpp, 'portolan, nftables, route, null'",
        "--devices, org.example.None, implements DeviceKind",
        "--devices, java.lang.String, implements DeviceKind",
        "--sizes, 40, 64 to 1518",
        "--sessions, 5000000, 'from 1 to 4128768'",
        "--only, speed, 'throughput, overload, setup'",
        "--speed, 1, no option --speed",
    })
    void shouldSayWhatIsAllowed(final String option, final String value, final String said) {
        assertThatThrownBy(() -> full(option, value))
                .isInstanceOf(LabException.class)
                .hasMessageContaining(said);
    }

    @Test
    void shouldPlanOnlyWhatIsWanted() {
        final Plan plan = full("--only", "throughput,setup", "--sizes", "64", "--sessions", "1")
                .plan("full");
        assertThat(plan.scenes().stream()
                        .flatMap(scene -> scene.tasks().stream())
                        .map(Task::kind))
                .containsExactly(Point.Kind.THROUGHPUT, Point.Kind.THROUGHPUT, Point.Kind.SETUP);
    }

    @Test
    void shouldWantAValueForEachOption() {
        assertThatThrownBy(() -> full("--rounds")).hasMessageContaining("--rounds wants a value");
        assertThatThrownBy(() -> full("--out", "a", "--resume", "b")).hasMessageContaining("leave out --out");
    }
}
