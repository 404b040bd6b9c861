package org.portolan.dataplane.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.dataplane.policy.OutsideLimits;
import org.portolan.dataplane.policy.Switches;
import org.portolan.dataplane.policy.Timeouts;

/** That the comparison can fail: a fault between the router and the model is found, and its trace becomes short. */
class TraceHonestyTest {
    private static final int STEPS = 6_000;

    private static TraceCase shrunk(final TraceProfile profile, final TraceFault fault) {
        final TraceCase trace = TraceCase.make(profile, 7, STEPS);
        final TraceCase.Failure failure = trace.run(fault);
        assertThat(failure).as("the fault is found").isNotNull();
        assertThat(trace.run(TraceFault.NONE)).as("without it nothing is").isNull();
        return trace.shrunk(failure, fault);
    }

    private static TraceFault believing(final UnaryOperator<SpecTerms> beliefs) {
        return new TraceFault(-1, 0, 0, beliefs);
    }

    private static SpecTerms with(final SpecTerms terms, final OutsideLimits limits, final Timeouts timeouts) {
        return new SpecTerms(
                terms.routes(),
                terms.pools(),
                terms.forwards(),
                terms.exemptions(),
                limits,
                terms.hostLimits(),
                timeouts,
                terms.switches());
    }

    /** A MAC, the TTL, an address, a port, a checksum. */
    @ParameterizedTest
    @ValueSource(ints = {5, 22, 25, 27, 35, 41})
    void shouldFindOneBitOfOneByte(final int at) {
        final TraceCase shortest = shrunk(TraceProfile.PLAIN, new TraceFault(TraceNetwork.WAN, 1, at, terms -> terms));
        assertThat(shortest.actions()).hasSize(1);
    }

    @Test
    void shouldFindATimerThatIsASecondTooLong() {
        final TraceCase shortest = shrunk(TraceProfile.PLAIN, believing(terms -> {
            final Timeouts t = terms.timeouts();
            final Timeouts wrong = new Timeouts(
                    t.udpS() + 1,
                    t.tcpOpeningS(),
                    t.tcpEstablishedS(),
                    t.tcpClosingS(),
                    t.icmpS(),
                    t.portRestS() + 1,
                    t.incomingS());
            return with(terms, terms.limits(), wrong);
        }));
        assertThat(shortest.actions()).hasSizeLessThanOrEqualTo(8);
    }

    @Test
    void shouldFindALimitThatIsOneTooHigh() {
        final TraceCase shortest = shrunk(TraceProfile.TINY, believing(terms -> {
            final OutsideLimits l = terms.limits();
            final OutsideLimits wrong =
                    new OutsideLimits(l.sessions(), l.forwardSessions(), l.remoteSessions() + 1, l.insideReserve());
            return with(terms, wrong, terms.timeouts());
        }));
        assertThat(shortest.actions()).hasSizeLessThanOrEqualTo(8);
    }

    @Test
    void shouldFindAnExemptionThatIsForgotten() {
        final TraceCase shortest = shrunk(
                TraceProfile.PLAIN,
                believing(terms -> new SpecTerms(
                        terms.routes(),
                        terms.pools(),
                        terms.forwards(),
                        List.of(),
                        terms.limits(),
                        terms.hostLimits(),
                        terms.timeouts(),
                        terms.switches())));
        assertThat(shortest.actions()).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void shouldFindARefreshFromOutsideThatIsOff() {
        final TraceCase shortest =
                shrunk(TraceProfile.CAUTIOUS, believing(terms -> with(terms, new Switches(false, true, true))));
        assertThat(shortest.actions()).hasSizeLessThanOrEqualTo(30);
    }

    @Test
    void shouldFindAParityThatIsNotKept() {
        final TraceCase shortest =
                shrunk(TraceProfile.PLAIN, believing(terms -> with(terms, new Switches(false, true, true))));
        assertThat(shortest.actions()).hasSizeLessThanOrEqualTo(3);
    }

    private static SpecTerms with(final SpecTerms terms, final Switches switches) {
        return new SpecTerms(
                terms.routes(),
                terms.pools(),
                terms.forwards(),
                terms.exemptions(),
                terms.limits(),
                terms.hostLimits(),
                terms.timeouts(),
                switches.with(terms.switches().otherProtocols()));
    }
}
