package org.portolan.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.dataplane.command.CommandProxy;
import org.portolan.dataplane.command.Wakeup;
import org.portolan.dataplane.counter.DropReason;
import org.portolan.dataplane.nat.Fragments;
import org.portolan.dataplane.nat.SessionReader;
import org.portolan.dataplane.nat.SessionRow;
import org.portolan.dataplane.neighbor.NeighborState;
import org.portolan.dataplane.policy.Switches;
import org.portolan.dataplane.wire.Icmp;
import org.portolan.dataplane.wire.Tcp;

/** Datagrams that come in fragments (RFC 4787 REQ-14), through a whole worker. */
class FragmentStageTest {
    private static final int PART = 1_000;
    private static final int PAYLOAD = 3_500;

    private final WorkerRig rig = new WorkerRig(2_000, 2_000, 1_000);
    private final TestFrames inside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.LAN_MAC);
    private final TestFrames outside = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.WAN_MAC);
    private final TestFrames second = new TestFrames(WorkerRig.HOST_MAC, WorkerRig.DMZ_MAC);
    private final Wakeup wakeup = new Wakeup();
    private final CommandProxy commands = new CommandProxy(rig.command, wakeup);
    private final Random random = new Random(14);
    private int identification = 100;

    FragmentStageTest() {
        rig.lan.keepSent();
        rig.wan.keepSent();
        rig.dmz.keepSent();
    }

    @AfterEach
    void close() {
        assertThat(rig.accounted()).as("the law").isEqualTo(rig.counters.received());
        inside.close();
        outside.close();
        second.close();
        rig.close();
        wakeup.close();
    }

    /** Other bytes in the payload, so that parts cannot be mixed up; its checksum stays right. */
    private static byte[] patterned(final byte[] whole) {
        for (int at = 44; at + 4 <= whole.length; at += 4) {
            whole[at] = (byte) (at * 7);
            whole[at + 1] = (byte) (at >>> 5);
            whole[at + 2] = (byte) ~whole[at];
            whole[at + 3] = (byte) ~whole[at + 1];
        }
        return whole;
    }

    private byte[] query(final int port) {
        return patterned(inside.udp(WorkerRig.CLIENT, port, WorkerRig.SERVER, 53, PAYLOAD));
    }

    private byte[] answer(final int port) {
        return patterned(outside.udp(WorkerRig.SERVER, 53, WorkerRig.POOL, port, PAYLOAD));
    }

    private List<byte[]> queryParts(final int port) {
        return Parts.of(query(port), ++identification, PART);
    }

    private List<byte[]> answerParts(final int port) {
        return Parts.of(answer(port), ++identification, PART);
    }

    private void openUdp(final int port) {
        rig.lan.arrive(inside.udp(WorkerRig.CLIENT, port, WorkerRig.SERVER, 53, 20));
        rig.run();
        rig.wan.sent().clear();
    }

    private static void arrive(final MemoryFrameIo io, final List<byte[]> parts) {
        parts.forEach(io::arrive);
    }

    private long dropped(final DropReason reason) {
        return rig.counters.dropped(reason);
    }

    private static List<List<byte[]>> permutations(final List<byte[]> parts) {
        if (parts.isEmpty()) {
            return List.of(List.of());
        }
        final List<List<byte[]>> all = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            final List<byte[]> others = new ArrayList<>(parts);
            final byte[] head = others.remove(i);
            for (final List<byte[]> rest : permutations(others)) {
                final List<byte[]> order = new ArrayList<>(List.of(head));
                order.addAll(rest);
                all.add(order);
            }
        }
        return all;
    }

    /** All 24 orders of four fragments, both ways, all at once and one by one. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTranslateFragmentsInAnyOrderRfc4787Req14(final boolean atOnce) {
        openUdp(5_000);
        for (int order = 0; order < 24; order++) {
            final List<byte[]> out = permutations(queryParts(5_000)).get(order);
            final List<byte[]> in = permutations(answerParts(5_000)).get(order);
            for (int i = 0; i < 4; i++) {
                rig.lan.arrive(out.get(i));
                rig.wan.arrive(in.get(i));
                if (!atOnce) {
                    rig.run();
                }
            }
            rig.run();
            final Received query = Parts.join(rig.wan.sent()).shouldBeWhole();
            assertThat(query.source()).isEqualTo(WorkerRig.POOL);
            assertThat(query.transport16(0)).isEqualTo(5_000);
            assertThat(query.totalLength()).isEqualTo(28 + PAYLOAD);
            assertThat(query.frame()).endsWith(tail(query(5_000)));
            final Received answer = Parts.join(rig.lan.sent()).shouldBeWhole();
            assertThat(answer.destination()).isEqualTo(WorkerRig.CLIENT);
            assertThat(answer.frame()).endsWith(tail(answer(5_000)));
            rig.wan.sent().clear();
            rig.lan.sent().clear();
        }
        assertThat(rig.counters.droppedAll()).isZero();
        assertThat(rig.counters.heldFrames()).isZero();
        assertThat(rig.counters.sent()).isEqualTo(1 + 24 * 8);
        assertThat(rig.worker.nat().counts().sessions()).isEqualTo(1);
    }

    private static byte[] tail(final byte[] frame) {
        return Arrays.copyOfRange(frame, 42, frame.length);
    }

    @Test
    void shouldOpenASessionForAFirstFragmentFromEitherSide() {
        arrive(rig.lan, queryParts(5_000));
        arrive(
                rig.wan,
                Parts.of(outside.udp(WorkerRig.SERVER, 9_000, WorkerRig.POOL, 5353, PAYLOAD), ++identification, PART));
        rig.run();
        Parts.join(rig.wan.sent()).shouldBeWhole();
        final Received forwarded = Parts.join(rig.lan.sent()).shouldBeWhole();
        assertThat(forwarded.destination()).isEqualTo(WorkerRig.CLIENT);
        assertThat(forwarded.transport16(2)).isEqualTo(53);
        assertThat(rig.worker.nat().counts().sessions()).isEqualTo(2);
    }

    @Test
    void shouldCarryAPingInFragmentsAndItsReply() {
        final List<byte[]> ping = Parts.of(
                inside.query(WorkerRig.CLIENT, WorkerRig.SERVER, Icmp.ECHO_REQUEST, 77 << 16 | 1, PAYLOAD), 9, PART);
        Collections.reverse(ping);
        arrive(rig.lan, ping);
        arrive(
                rig.wan,
                Parts.of(
                        outside.query(WorkerRig.SERVER, WorkerRig.POOL, Icmp.ECHO_REPLY, 77 << 16 | 1, PAYLOAD),
                        9,
                        PART));
        rig.run();
        Parts.join(rig.wan.sent()).shouldBeWhole();
        assertThat(Parts.join(rig.lan.sent()).shouldBeWhole().destination()).isEqualTo(WorkerRig.CLIENT);
    }

    @Test
    void shouldCarryTcpInFragmentsWhoseFirstHasTheWholeHeader() {
        openTcp();
        arrive(
                rig.lan,
                Parts.of(inside.segment(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 80, Tcp.ACK, 7, 9, 3_000), 3, 24));
        rig.run();
        assertThat(Parts.join(rig.wan.sent()).shouldBeWhole().source()).isEqualTo(WorkerRig.POOL);
    }

    private void openTcp() {
        rig.lan.arrive(inside.tcp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 80, Tcp.SYN));
        rig.run();
        rig.wan.sent().clear();
    }

    @Test
    void shouldCountTheBytesOfAllFragmentsOnTheSession() {
        openUdp(5_000);
        arrive(rig.lan, queryParts(5_000));
        rig.run();
        final SessionRow row = new SessionRow();
        assertThat(rig.worker.nat().reader().snapshot(0, row)).isTrue();
        assertThat(row.bytesOut()).isEqualTo(48 + PAYLOAD + 28 + 3 * 20);
    }

    /** RFC 4787 REQ-6a, for the later fragments too, which may come in another second than the first. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefreshAsTheFirstFragmentDoes(final boolean inboundRefreshes) {
        rig.keeper.offer(rig.keeper.current().terms().with(new Switches(false, false, inboundRefreshes)));
        openUdp(5_000);
        final List<byte[]> in = answerParts(5_000);
        arrive(rig.wan, in.subList(0, 2));
        rig.run();
        final int before = rig.worker.nat().reader().lastSeenWord(0);
        rig.later(5_000);
        arrive(rig.wan, in.subList(2, 4));
        rig.run();
        assertThat(rig.lan.sent()).hasSize(4);
        assertThat(rig.worker.nat().reader().lastSeenWord(0) != before).isEqualTo(inboundRefreshes);
        final List<byte[]> out = queryParts(5_000);
        rig.lan.arrive(out.getFirst());
        rig.run();
        final int middle = rig.worker.nat().reader().lastSeenWord(0);
        rig.later(5_000);
        arrive(rig.lan, out.subList(1, 4));
        rig.run();
        assertThat(rig.worker.nat().reader().lastSeenWord(0)).isNotEqualTo(middle);
    }

    /** RFC 7857 section 10, RFC 6864 4.2: the remote host puts together what has one source and identification. */
    @Test
    void shouldGiveDatagramsOfHostsThatShareAnAddressIdentificationsOfTheirOwn() {
        final int hosts = 20;
        final List<List<byte[]>> datagrams = new ArrayList<>();
        for (int host = 0; host < hosts; host++) {
            final int address = WorkerRig.ROUTED_HOST + host;
            datagrams.add(Parts.of(inside.udp(address, 4_000, WorkerRig.SERVER, 53, PAYLOAD), 7, PART));
        }
        for (int part = 0; part < 4; part++) {
            for (final List<byte[]> datagram : datagrams) {
                rig.lan.arrive(datagram.get(part));
            }
        }
        rig.run();
        final Set<Integer> identifications = new HashSet<>();
        for (final byte[] each : rig.wan.sent()) {
            identifications.add(Parts.identification(each));
        }
        assertThat(identifications).hasSize(hosts);
        for (final int each : identifications) {
            Parts.join(rig.wan.sent().stream()
                            .filter(frame -> Parts.identification(frame) == each)
                            .toList())
                    .shouldBeWhole();
        }
    }

    @Test
    void shouldLeaveTheIdentificationOfWhatIsNotTranslated() {
        arrive(rig.lan, Parts.of(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.DMZ_HOST, 53, PAYLOAD), 1_234, PART));
        arrive(
                rig.lan,
                Parts.of(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.EXEMPT_SERVER, 53, PAYLOAD), 1_235, PART));
        final List<byte[]> back =
                Parts.of(outside.udp(WorkerRig.EXEMPT_SERVER, 53, WorkerRig.CLIENT, 5_000, PAYLOAD), 1_236, PART);
        Collections.reverse(back);
        arrive(rig.wan, back);
        rig.run();
        assertThat(Parts.join(rig.dmz.sent()).shouldBeWhole().source()).isEqualTo(WorkerRig.CLIENT);
        assertThat(Parts.identification(rig.dmz.sent().getFirst())).isEqualTo(1_234);
        assertThat(Parts.join(rig.wan.sent()).shouldBeWhole().source()).isEqualTo(WorkerRig.CLIENT);
        assertThat(Parts.identification(rig.wan.sent().getFirst())).isEqualTo(1_235);
        assertThat(Parts.join(rig.lan.sent()).shouldBeWhole().source()).isEqualTo(WorkerRig.EXEMPT_SERVER);
        assertThat(Parts.identification(rig.lan.sent().getFirst())).isEqualTo(1_236);
        assertThat(rig.worker.nat().counts().sessions()).isZero();
    }

    /** To an outside address of the router, from inside: both addresses change (RFC 4787 REQ-9). */
    @Test
    void shouldCarryHairpinnedFragmentsUnderAnIdentificationOfTheirOwn() {
        final List<byte[]> parts =
                Parts.of(patterned(second.udp(WorkerRig.DMZ_HOST, 4_000, WorkerRig.POOL, 5353, PAYLOAD)), 1_240, PART);
        Collections.reverse(parts);
        arrive(rig.dmz, parts);
        rig.run();
        final Received sent = Parts.join(rig.lan.sent()).shouldBeWhole();
        assertThat(sent.source()).isEqualTo(WorkerRig.POOL);
        assertThat(sent.destination()).isEqualTo(WorkerRig.CLIENT);
        assertThat(sent.transport16(2)).isEqualTo(53);
        assertThat(Parts.identification(rig.lan.sent().getFirst())).isNotEqualTo(1_240);
        assertThat(rig.counters.droppedAll()).isZero();
    }

    @Test
    void shouldFragmentAFragmentThatIsTooLarge() {
        final List<byte[]> parts =
                Parts.of(patterned(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.DMZ_HOST, 53, 4_000)), 3, 1_480);
        Collections.reverse(parts);
        arrive(rig.lan, parts);
        rig.run();
        Parts.join(rig.dmz.sent()).shouldBeWhole();
        assertThat(rig.dmz.sent()).hasSize(5);
        assertThat(rig.counters.sent()).isEqualTo(3);
        assertThat(rig.counters.originatedFrames()).isEqualTo(2);
    }

    @Test
    void shouldDropADuplicateAndCarryTheRest() {
        openUdp(5_000);
        final List<byte[]> parts = queryParts(5_000);
        arrive(rig.lan, List.of(parts.get(2), parts.get(2), parts.get(0), parts.get(0), parts.get(1), parts.get(2)));
        arrive(rig.lan, List.of(parts.get(3), parts.get(3), parts.get(0)));
        rig.run();
        assertThat(dropped(DropReason.FRAGMENT_DUPLICATE)).isEqualTo(5);
        Parts.join(rig.wan.sent()).shouldBeWhole();
    }

    /** RFC 1858, RFC 5722's reasons hold for IPv4 too: the receiver could see other bytes than a filter did. */
    @Test
    void shouldDropAnOverlapAndAllThatFollowsOfItsDatagram() {
        openUdp(5_000);
        final byte[] whole = query(5_000);
        final int id = ++identification;
        rig.lan.arrive(Parts.part(whole, id, 0, 1_000, true));
        rig.lan.arrive(Parts.part(whole, id, 992, 2_000, true));
        rig.lan.arrive(Parts.part(whole, id, 1_000, 2_000, true));
        rig.lan.arrive(Parts.part(whole, id, 0, 1_000, true));
        rig.run();
        assertThat(dropped(DropReason.FRAGMENT_OVERLAP)).isEqualTo(3);
        assertThat(rig.wan.sent()).hasSize(1);
    }

    @Test
    void shouldDropWhatWaitsWhenTheFirstFragmentOverlapsIt() {
        openUdp(5_000);
        final byte[] whole = query(5_000);
        final int id = ++identification;
        rig.lan.arrive(Parts.part(whole, id, 1_000, 2_000, true));
        rig.lan.arrive(Parts.part(whole, id, 2_000, 3_000, true));
        rig.lan.arrive(Parts.part(whole, id, 0, 1_008, true));
        rig.run();
        assertThat(dropped(DropReason.FRAGMENT_OVERLAP)).isEqualTo(3);
        assertThat(rig.counters.heldFrames()).isZero();
        assertThat(rig.wan.sent()).isEmpty();
    }

    @Test
    void shouldDropEarlyFragmentsWhoseFirstDoesNotCome() {
        openUdp(5_000);
        final List<byte[]> parts = queryParts(5_000);
        arrive(rig.lan, parts.subList(1, 4));
        rig.run();
        assertThat(rig.counters.heldFrames()).isEqualTo(3);
        rig.later(Fragments.EARLY_MS - 200);
        rig.run();
        assertThat(rig.counters.heldFrames()).isEqualTo(3);
        rig.later(201);
        rig.run();
        assertThat(rig.counters.heldFrames()).isZero();
        assertThat(dropped(DropReason.FRAGMENT_TIMEOUT)).isEqualTo(3);
        assertThat(rig.wan.sent()).isEmpty();
    }

    @Test
    void shouldForgetADatagramThatStaysIncomplete() {
        openUdp(5_000);
        final List<byte[]> parts = queryParts(5_000);
        rig.lan.arrive(parts.get(0));
        rig.run();
        rig.later(29_000);
        rig.lan.arrive(parts.get(1));
        rig.run();
        assertThat(rig.wan.sent()).hasSize(2);
        rig.later(1_001);
        rig.lan.arrive(parts.get(2));
        rig.run();
        assertThat(rig.wan.sent()).hasSize(2);
        assertThat(rig.counters.heldFrames()).as("waits for another first one").isEqualTo(1);
    }

    /** The first fragment's fate is that of all, in whatever order they come. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldDropAllUnderTheReasonOfTheFirst(final boolean inOrder) {
        final List<byte[]> parts = Parts.of(answer(5_000), ++identification, PART);
        if (!inOrder) {
            Collections.reverse(parts);
        }
        arrive(rig.wan, parts);
        rig.run();
        assertThat(dropped(DropReason.NO_MAPPING)).isEqualTo(4);
        assertThat(rig.counters.heldFrames()).isZero();
    }

    @Test
    void shouldTellTheSenderOfTheFirstFragmentOnly() {
        final List<byte[]> parts =
                Parts.of(inside.ttl(1).udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, PAYLOAD), 3, PART);
        Collections.swap(parts, 0, 1);
        arrive(rig.lan, parts);
        rig.run();
        assertThat(dropped(DropReason.TTL_EXPIRED)).isEqualTo(4);
        final Received error = new Received(rig.lan.sent().getFirst()).shouldBeWhole();
        assertThat(rig.lan.sent()).hasSize(1);
        assertThat(error.typeAndCode()).isEqualTo(Icmp.TIME_EXCEEDED << 8);
        assertThat(error.quote()).startsWith(Arrays.copyOfRange(parts.get(1), 14, 42));
    }

    @Test
    void shouldDropFragmentsToTheRouterItself() {
        arrive(
                rig.lan,
                Parts.of(inside.query(WorkerRig.CLIENT, WorkerRig.LAN, Icmp.ECHO_REQUEST, 5, PAYLOAD), 3, PART));
        rig.run();
        assertThat(dropped(DropReason.FRAGMENT_LOCAL)).isEqualTo(4);
        assertThat(rig.lan.sent()).isEmpty();
    }

    @Test
    void shouldLetAllWaitWhileTheNextHopIsUnknownAndSendThemThen() {
        rig.wanNeighbors.clear(WorkerRig.GATEWAY);
        final List<byte[]> parts = queryParts(5_000);
        arrive(rig.lan, List.of(parts.get(1), parts.get(0), parts.get(3), parts.get(2)));
        rig.run();
        assertThat(rig.counters.heldFrames()).isEqualTo(4);
        rig.later(Fragments.EARLY_MS + 1_000);
        rig.run();
        assertThat(rig.counters.heldFrames()).as("the first waits: so do they").isEqualTo(4);
        rig.wanNeighbors.publish(WorkerRig.GATEWAY, WorkerRig.HOST_MAC, NeighborState.REACHABLE);
        rig.run();
        Parts.join(rig.wan.sent()).shouldBeWhole();
        assertThat(rig.counters.droppedAll()).isZero();
    }

    @Test
    void shouldDropAllWhenTheNextHopDoesNotAnswer() {
        rig.wanNeighbors.clear(WorkerRig.GATEWAY);
        final List<byte[]> parts = queryParts(5_000);
        arrive(rig.lan, List.of(parts.get(1), parts.get(0), parts.get(3), parts.get(2)));
        rig.run();
        rig.later(3_600);
        rig.run();
        assertThat(rig.counters.heldFrames()).isZero();
        assertThat(dropped(DropReason.NEIGHBOR_UNREACHABLE)).isEqualTo(4);
    }

    /** Many datagrams from both sides at once, shuffled together. */
    @Test
    void shouldCarryDatagramsThatAreMixedWithEachOther() {
        openUdp(5_000);
        final List<byte[]> out = new ArrayList<>();
        final List<byte[]> in = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            out.addAll(queryParts(5_000));
            in.addAll(answerParts(5_000));
        }
        Collections.shuffle(out, random);
        Collections.shuffle(in, random);
        arrive(rig.lan, out);
        arrive(rig.wan, in);
        rig.run();
        assertThat(rig.counters.droppedAll()).isZero();
        for (final MemoryFrameIo io : List.of(rig.lan, rig.wan)) {
            final Map<Integer, List<byte[]>> datagrams =
                    io.sent().stream().collect(Collectors.groupingBy(Parts::identification));
            assertThat(datagrams).hasSize(12);
            datagrams.values().forEach(each -> Parts.join(each).shouldBeWhole());
        }
    }

    @Test
    void shouldCarryLaterFragmentsOverANextHopThatWasLostMeanwhile() {
        openUdp(5_000);
        final List<byte[]> parts = queryParts(5_000);
        arrive(rig.lan, parts.subList(0, 2));
        rig.run();
        rig.wanNeighbors.clear(WorkerRig.GATEWAY);
        arrive(rig.lan, parts.subList(2, 4));
        rig.run();
        assertThat(rig.counters.heldFrames()).isEqualTo(2);
        rig.wanNeighbors.publish(WorkerRig.GATEWAY, WorkerRig.HOST_MAC, NeighborState.REACHABLE);
        rig.run();
        Parts.join(rig.wan.sent()).shouldBeWhole();
        assertThat(rig.counters.droppedAll()).isZero();
    }

    @Test
    void shouldDropFragmentsOfASessionThatHasEnded() {
        openUdp(5_000);
        final List<byte[]> parts = queryParts(5_000);
        arrive(rig.lan, parts.subList(0, 2));
        rig.run();
        final SessionReader reader = rig.worker.nat().reader();
        assertThat(commands.expire(0, reader.generation(0), reader.lastSeenWord(0)))
                .isTrue();
        arrive(rig.lan, parts.subList(2, 4));
        rig.run();
        assertThat(dropped(DropReason.FRAGMENT_SESSION_ENDED)).isEqualTo(2);
        assertThat(rig.wan.sent()).hasSize(2);
    }

    @Test
    void shouldNotCarryUntranslatedFragmentsUnderAnotherPolicyThanTheFirst() {
        final List<byte[]> parts =
                Parts.of(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.EXEMPT_SERVER, 53, PAYLOAD), 3, PART);
        openUdp(5_000);
        final List<byte[]> translated = queryParts(5_000);
        arrive(rig.lan, parts.subList(0, 2));
        arrive(rig.lan, translated.subList(0, 2));
        rig.run();
        rig.keeper.offer(rig.keeper.current().terms().exempting());
        rig.run();
        arrive(rig.lan, parts.subList(2, 4));
        arrive(rig.lan, translated.subList(2, 4));
        rig.run();
        assertThat(dropped(DropReason.FRAGMENT_SESSION_ENDED)).isEqualTo(2);
        assertThat(rig.wan.sent()).as("the session lives on").hasSize(2 + 4);
    }

    @Test
    void shouldTakeTheIdentificationForANewDatagramAfterAWhile() {
        openUdp(5_000);
        final List<byte[]> parts = queryParts(5_000);
        rig.lan.arrive(parts.get(0));
        rig.run();
        rig.later(1_100);
        rig.wan.sent().clear();
        arrive(rig.lan, parts);
        rig.run();
        Parts.join(rig.wan.sent()).shouldBeWhole();
        rig.wan.sent().clear();
        rig.later(101);
        arrive(rig.lan, parts);
        rig.run();
        Parts.join(rig.wan.sent()).shouldBeWhole();
        assertThat(rig.counters.droppedAll()).isZero();
    }

    /** RFC 4787 REQ-14a: from forged sources outside, later fragments, first ones, and both. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldServeOthersBesideAFloodFromOutsideRfc4787Req14a(final int kind) {
        openUdp(5_000);
        for (int round = 0; round < 100; round++) {
            final List<byte[]> in = answerParts(5_000);
            final List<byte[]> out = queryParts(5_000);
            Collections.reverse(in);
            Collections.reverse(out);
            for (int part = 0; part < 4; part++) {
                rig.wan.arrive(in.get(part));
                rig.lan.arrive(out.get(part));
                flood(kind);
                rig.lan.arrive(inside.udp(WorkerRig.CLIENT, 6_000 + round, WorkerRig.SERVER, 53, 20));
            }
            rig.run();
            assertThat(Parts.join(rig.lan.sent()).shouldBeWhole().destination()).isEqualTo(WorkerRig.CLIENT);
            Parts.join(rig.wan.sent().stream().filter(each -> each.length > 100).toList())
                    .shouldBeWhole();
            rig.lan.sent().clear();
            rig.wan.sent().clear();
        }
        assertThat(rig.counters.heldFrames()).isLessThanOrEqualTo(256);
        assertThat(rig.worker.nat().counts().sessions()).isEqualTo(101);
    }

    private void flood(final int kind) {
        for (int i = 0; i < 50; i++) {
            final int source = WorkerRig.OTHER_SERVER + random.nextInt(1 << 20);
            final byte[] whole = outside.udp(source, 53, WorkerRig.POOL, 5_000, 200);
            final boolean first = kind == 1 || kind == 2 && random.nextBoolean();
            final int from = first ? 0 : 104;
            rig.wan.arrive(Parts.part(whole, random.nextInt(1 << 16), from, first ? 104 : 208, first));
        }
    }

    /** One host inside takes no more than its share of the frames that wait, and of the datagrams. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldServeOthersBesideAFloodOfOneInsideHostRfc4787Req14a(final boolean firstOnes) {
        openUdp(5_000);
        final List<byte[]> waiting = queryParts(5_000);
        arrive(rig.lan, waiting.subList(1, 4));
        final List<byte[]> open = queryParts(5_000);
        arrive(rig.lan, open.subList(0, 2));
        rig.run();
        final byte[] whole = inside.udp(WorkerRig.ROUTED_HOST, 4_000, WorkerRig.SERVER, 53, 200);
        for (int i = 0; i < 20_000; i++) {
            rig.lan.arrive(Parts.part(whole, i, firstOnes ? 0 : 104, firstOnes ? 104 : 208, firstOnes));
        }
        rig.run();
        rig.wan.sent().clear();
        rig.lan.arrive(waiting.getFirst());
        arrive(rig.lan, open.subList(2, 4));
        rig.run();
        assertThat(rig.wan.sent()).hasSize(4 + 2);
        Parts.join(rig.wan.sent().subList(0, 4)).shouldBeWhole();
        assertThat(rig.counters.heldFrames()).isLessThanOrEqualTo(64);
        assertThat(dropped(DropReason.FRAGMENT_REPLACED)).isEqualTo(firstOnes ? 0 : 20_000 - 64);
    }

    /** The table is full of what is open: the oldest of the side goes, the newest is served. */
    @Test
    void shouldServeTheNewestDatagramWhenTheTableIsFull() {
        for (int host = 0; host < 3_000; host++) {
            final int source = WorkerRig.ROUTED_HOST + host % 200;
            final byte[] whole = inside.udp(source, 4_000, WorkerRig.SERVER, 53, 200);
            rig.lan.arrive(Parts.part(whole, host, 0, 104, true));
        }
        rig.run();
        rig.wan.sent().clear();
        final List<byte[]> parts = queryParts(5_000);
        Collections.reverse(parts);
        arrive(rig.lan, parts.subList(0, 3));
        rig.run();
        assertThat(rig.counters.heldFrames()).isEqualTo(3);
        arrive(rig.lan, queryParts(5_001));
        rig.run();
        Parts.join(rig.wan.sent()).shouldBeWhole();
        rig.wan.sent().clear();
        rig.lan.arrive(parts.getLast());
        rig.run();
        Parts.join(rig.wan.sent()).shouldBeWhole();
        assertThat(rig.counters.heldFrames()).isZero();
        assertThat(rig.counters.droppedAll()).isZero();
    }

    /** A datagram of the largest size, the last fragment first. */
    @Test
    void shouldCarryTheLargestDatagramBackwards() {
        openUdp(5_000);
        final byte[] whole = new byte[34 + 65_515];
        System.arraycopy(inside.udp(WorkerRig.CLIENT, 5_000, WorkerRig.SERVER, 53, 20), 0, whole, 0, 62);
        whole[38] = (byte) (65_515 >>> 8);
        whole[39] = (byte) 65_515;
        final List<byte[]> parts = Parts.of(whole, 9, 1_480);
        Collections.reverse(parts);
        arrive(rig.lan, parts);
        rig.run();
        assertThat(rig.counters.droppedAll()).isZero();
        assertThat(Parts.join(rig.wan.sent()).totalLength()).isEqualTo(0xFFFF);
    }
}
