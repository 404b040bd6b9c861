package org.portolan.dataplane.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutsideAddressesTest {
    private static final int FIRST = 0xCB007102;
    private static final int MOST = 4;

    /** Numbers that have mappings. */
    private final Set<Integer> used = new HashSet<>();

    private long memory = 1000;

    private OutsideAddresses next(final OutsideAddresses before, final PolicyTerms.Pool... pools) {
        return OutsideAddresses.next(before, terms(List.of(), pools), used::contains, MOST, () -> memory++);
    }

    static PolicyTerms terms(final List<PolicyTerms.Forward> forwards, final PolicyTerms.Pool... pools) {
        return new PolicyTerms(
                RouteTable.builder().build(),
                Set.of(1, 2),
                List.of(pools),
                forwards,
                OutsideLimits.defaults(1000),
                HostLimits.NONE,
                Timeouts.defaults(120));
    }

    private static PolicyTerms.Pool pool(final int egress, final int... addresses) {
        return new PolicyTerms.Pool(egress, addresses);
    }

    @Test
    void shouldKeepTheNumberAndMemoryOfAnAddressWhateverComesBesideIt() {
        final OutsideAddresses first = next(null, pool(1, FIRST, FIRST + 1));
        final OutsideAddresses second = next(first, pool(1, FIRST + 2, FIRST + 1), pool(2, FIRST + 3));
        assertThat(second.numberOf(FIRST + 1)).isEqualTo(first.numberOf(FIRST + 1));
        assertThat(second.memory(second.numberOf(FIRST + 1))).isEqualTo(first.memory(first.numberOf(FIRST + 1)));
        assertThat(second.poolSize(1)).isEqualTo(2);
        assertThat(second.address(second.pooled(1, 0))).isEqualTo(FIRST + 2);
        assertThat(second.address(second.pooled(1, 1))).isEqualTo(FIRST + 1);
        assertThat(second.egress(second.numberOf(FIRST + 3))).isEqualTo(2);
    }

    @Test
    void shouldFindAnAddressThatDrainsUntilItHasNoMapping() {
        final OutsideAddresses first = next(null, pool(1, FIRST, FIRST + 1));
        final int gone = first.numberOf(FIRST);
        used.add(gone);
        final OutsideAddresses second = next(first, pool(1, FIRST + 1));
        assertThat(second.numberOf(FIRST)).isEqualTo(gone);
        assertThat(second.isDraining(gone)).isTrue();
        assertThat(second.isPooled(gone)).isFalse();
        assertThat(second.draining()).isOne();
        assertThat(second.givenUp(first)).isEmpty();
        final OutsideAddresses third = next(second, pool(1, FIRST + 1));
        assertThat(third.draining()).as("it is still used").isOne();
        used.clear();
        final OutsideAddresses fourth = next(third, pool(1, FIRST + 1));
        assertThat(fourth.numberOf(FIRST)).isEqualTo(-1);
        assertThat(fourth.draining()).isZero();
        assertThat(fourth.givenUp(third)).containsExactly(first.memory(gone));
        assertThat(next(fourth, pool(1, FIRST + 1, FIRST + 9)).numberOf(FIRST + 9))
                .as("the number is free for another")
                .isEqualTo(gone);
    }

    @Test
    void shouldLetAnAddressDrainThoughItHasNoMappingYet() {
        final OutsideAddresses first = next(null, pool(1, FIRST, FIRST + 1));
        final OutsideAddresses second = next(first, pool(1, FIRST + 1));
        assertThat(second.isDraining(second.numberOf(FIRST)))
                .as("the worker may give it one until it has the new policy")
                .isTrue();
    }

    @Test
    void shouldTakeAnAddressBackThatDrains() {
        final OutsideAddresses first = next(null, pool(1, FIRST, FIRST + 1));
        final OutsideAddresses second = next(first, pool(1, FIRST + 1));
        final OutsideAddresses third = next(second, pool(1, FIRST + 1, FIRST));
        assertThat(third.numberOf(FIRST)).isEqualTo(first.numberOf(FIRST));
        assertThat(third.draining()).isZero();
        assertThat(third.isPooled(third.numberOf(FIRST))).isTrue();
    }

    @Test
    void shouldRefuseAnotherEgressUntilTheAddressHasDrained() {
        final OutsideAddresses first = next(null, pool(1, FIRST, FIRST + 1));
        assertThatThrownBy(() -> next(first, pool(1, FIRST + 1), pool(2, FIRST)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("203.0.113.2 is still used by mappings of egress 1");
        final OutsideAddresses second = next(first, pool(1, FIRST + 1));
        final OutsideAddresses third = next(second, pool(1, FIRST + 1), pool(2, FIRST));
        assertThat(third.egress(third.numberOf(FIRST))).isEqualTo(2);
    }

    @Test
    void shouldRefuseMoreAddressesThanThereIsRoomForAndCountThoseThatDrain() {
        final OutsideAddresses first = next(null, pool(1, FIRST, FIRST + 1));
        final long before = memory;
        assertThatThrownBy(() -> next(first, pool(1, FIRST + 2, FIRST + 3, FIRST + 4)))
                .hasMessage("5 outside addresses, and room for 4 since the start");
        assertThat(memory).as("nothing was taken").isEqualTo(before);
    }

    @Test
    void shouldFindEachRuleByBothOfItsEndpoints() {
        final List<PolicyTerms.Forward> forwards = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            forwards.add(new PolicyTerms.Forward(1, i % 2 == 0 ? 6 : 17, FIRST + i % 3, 1 + i, 0x0A000000 + i / 2, 80));
        }
        final PolicyTerms terms = terms(forwards);
        final Policy policy = Policy.next(null, terms, used::contains, MOST, () -> memory++);
        final StaticRules rules = policy.rules();
        for (int i = 0; i < forwards.size(); i++) {
            final PolicyTerms.Forward each = forwards.get(i);
            assertThat(rules.byOutside(each.externalAddress(), each.externalPort(), each.protocol()))
                    .isEqualTo(i);
            assertThat(rules.byInside(each.internalAddress(), 80, each.protocol(), 1))
                    .isEqualTo(i);
            assertThat(rules.byInside(each.internalAddress(), 80, each.protocol(), 2))
                    .isEqualTo(-1);
            assertThat(rules.byOutside(each.externalAddress(), each.externalPort(), 23 - each.protocol()))
                    .isEqualTo(-1);
        }
        assertThat(policy.added()).hasSize(3000);
        final Policy less = Policy.next(policy, terms(forwards.subList(1, 3000)), used::contains, MOST, () -> memory++);
        assertThat(less.epoch()).isEqualTo(2);
        assertThat(less.added()).isEmpty();
        assertThat(less.removed()).containsExactly(0);
    }
}
