package org.portolan.dataplane.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.portolan.dataplane.wire.Ipv4;

/** Which sessions a policy allows: two uplinks (1 and 2), one inside (0). */
class PolicyVerdictTest {
    private static final int HOST = 0xC0A8010A;
    private static final int OTHER_HOST = 0xC0A8010B;
    private static final int FIRST = 0xCB007102;
    private static final int SECOND = 0xC6336402;
    private static final int FORWARD_ONLY = 0xCB007109;
    private static final int REMOTE = 0x08080808;
    private static final int FAR_REMOTE = 0x90000001;

    private final Policy policy = Policy.next(
            null,
            new PolicyTerms(
                            RouteTable.builder()
                                    .add(0xC0A80100, 24, 0, 0)
                                    .add(0, 1, 1, 0)
                                    .add(0x80000000, 2, 2, 0)
                                    .build(),
                            Set.of(1, 2),
                            List.of(new PolicyTerms.Pool(1, FIRST), new PolicyTerms.Pool(2, SECOND)),
                            List.of(
                                    new PolicyTerms.Forward(1, Ipv4.TCP, FIRST, 8080, HOST, 80),
                                    new PolicyTerms.Forward(1, Ipv4.TCP, FORWARD_ONLY, 443, HOST, 443)),
                            OutsideLimits.defaults(1000),
                            HostLimits.NONE,
                            Timeouts.defaults(120))
                    .exempting(new PolicyTerms.Network(0x0B000000, 16), new PolicyTerms.Network(0x0C000001, 32)),
            number -> false,
            8,
            () -> 0);

    private int outbound(final int inside, final int port, final int outside, final int outsidePort, final int remote) {
        return policy.verdict(Policy.FROM_INSIDE, false, Ipv4.TCP, inside, port, outside, outsidePort, remote);
    }

    private int inbound(final int inside, final int port, final int outside, final int outsidePort, final int remote) {
        return policy.verdict(Policy.ON_RULE, false, Ipv4.TCP, inside, port, outside, outsidePort, remote);
    }

    @Test
    void shouldAllowAPoolAddressOnlyByItsOwnEgress() {
        assertThat(outbound(HOST, 4000, FIRST, 4000, REMOTE)).isEqualTo(Policy.ALLOWED);
        assertThat(outbound(HOST, 4000, SECOND, 4000, FAR_REMOTE)).isEqualTo(Policy.ALLOWED);
        assertThat(outbound(HOST, 4000, FIRST, 4000, FAR_REMOTE)).isEqualTo(Policy.ENDS_SESSION);
        assertThat(outbound(HOST, 4000, FIRST, 4000, HOST + 9)).as("inside now").isEqualTo(Policy.ENDS_SESSION);
        assertThat(outbound(HOST, 4000, FIRST, 4000, 0xF0000001)).as("no route").isEqualTo(Policy.ENDS_SESSION);
    }

    @Test
    void shouldEndTheMappingOfAnAddressThatIsNoPools() {
        assertThat(outbound(HOST, 4000, FIRST + 1, 4000, REMOTE)).isEqualTo(Policy.ENDS_MAPPING);
        assertThat(outbound(HOST, 4000, FORWARD_ONLY, 4000, REMOTE)).isEqualTo(Policy.ENDS_MAPPING);
    }

    @Test
    void shouldAllowARulesPortToItsInsideEndpointAlone() {
        assertThat(outbound(HOST, 80, FIRST, 8080, REMOTE)).isEqualTo(Policy.ALLOWED);
        assertThat(inbound(HOST, 80, FIRST, 8080, REMOTE)).isEqualTo(Policy.ALLOWED);
        assertThat(inbound(HOST, 443, FORWARD_ONLY, 443, REMOTE)).isEqualTo(Policy.ALLOWED);
        assertThat(outbound(HOST, 8080, FIRST, 8080, REMOTE)).isEqualTo(Policy.ENDS_MAPPING);
        assertThat(outbound(OTHER_HOST, 80, FIRST, 8080, REMOTE)).isEqualTo(Policy.ENDS_MAPPING);
        assertThat(inbound(OTHER_HOST, 80, FIRST, 8080, REMOTE)).isEqualTo(Policy.ENDS_MAPPING);
    }

    @Test
    void shouldEndWhatTheOutsideOpenedWithoutARule() {
        assertThat(inbound(HOST, 81, FIRST, 8081, REMOTE)).isEqualTo(Policy.ENDS_SESSION);
        assertThat(policy.verdict(Policy.ON_RULE, false, Ipv4.UDP, HOST, 80, FIRST, 8080, REMOTE))
                .isEqualTo(Policy.ENDS_SESSION);
    }

    @Test
    void shouldLetTheAnswersOfAForwardLeaveByAnyUplinkButNotToTheInside() {
        assertThat(inbound(HOST, 80, FIRST, 8080, FAR_REMOTE)).isEqualTo(Policy.ALLOWED);
        assertThat(inbound(HOST, 80, FIRST, 8080, HOST + 9)).isEqualTo(Policy.ENDS_SESSION);
    }

    /** RFC 6888 REQ-6. */
    @Test
    void shouldEndWhatIsTranslatedToAnExemptNetworkButNotWhatItOpenedOnARule() {
        assertThat(outbound(HOST, 4000, FIRST, 4000, 0x0B00FFFF)).isEqualTo(Policy.ENDS_SESSION);
        assertThat(outbound(HOST, 4000, FIRST, 4000, 0x0C000001)).isEqualTo(Policy.ENDS_SESSION);
        assertThat(outbound(HOST, 4000, FIRST, 4000, 0x0B010000)).isEqualTo(Policy.ALLOWED);
        assertThat(outbound(HOST, 4000, FIRST, 4000, 0x0C000002)).isEqualTo(Policy.ALLOWED);
        assertThat(outbound(HOST, 80, FIRST, 8080, 0x0B000001))
                .as("opened by the host")
                .isEqualTo(Policy.ENDS_SESSION);
        assertThat(inbound(HOST, 80, FIRST, 8080, 0x0B000001)).isEqualTo(Policy.ALLOWED);
    }

    @Test
    void shouldEndEverythingOfAHostThatIsNotInsideAnyMore() {
        assertThat(outbound(0x08010101, 4000, FIRST, 4000, REMOTE)).isEqualTo(Policy.ENDS_HOST);
        assertThat(inbound(0xF0000001, 80, FIRST, 8080, REMOTE)).isEqualTo(Policy.ENDS_HOST);
    }

    /** Nobody judges the session again when the address has drained. */
    @Test
    void shouldEndAHalfOfAHairpinWhoseOtherAddressDrains() {
        assertThat(policy.verdict(Policy.ON_MAPPING, true, Ipv4.TCP, HOST, 4000, FIRST, 4000, FORWARD_ONLY))
                .isEqualTo(Policy.ALLOWED);
        final PolicyTerms terms = policy.terms();
        final PolicyTerms without = new PolicyTerms(
                terms.routes(),
                terms.outsidePorts(),
                terms.pools(),
                terms.forwards().subList(0, 1),
                terms.limits(),
                terms.hostLimits(),
                terms.timeouts());
        final Policy next = Policy.next(policy, without, number -> true, 8, () -> 0);
        assertThat(next.addresses().draining()).isOne();
        assertThat(next.verdict(Policy.ON_MAPPING, true, Ipv4.TCP, HOST, 4000, FIRST, 4000, FORWARD_ONLY))
                .isEqualTo(Policy.ENDS_SESSION);
    }
}
