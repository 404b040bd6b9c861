package org.portolan.control.history.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a peer may send in place of a pack, or in it. */
@Timeout(60)
final class BadPackTest extends RefusalRig {
    @Test
    void shouldRefuseAPackWithAnythingMissing() throws IOException {
        final ObjectId head = raw.commit(raw.goodTree(), raw.sound());
        for (final ObjectId missing : raw.objects.keySet().toArray(ObjectId[]::new)) {
            if (ours.history.git().getObjectDatabase().has(missing)) {
                continue;
            }
            final RawHistory less = new RawHistory();
            less.objects.putAll(raw.objects);
            less.objects.remove(missing);
            assertRefused(new FakePeer().has(head).gives(less.pack()), "does not send all that leads to its head");
        }
    }

    /** Left by a batch that was undone, say: git may remove it any day. */
    @Test
    void shouldNotLeanOnWhatNothingHereLeadsTo() throws IOException {
        final ObjectId tree = raw.goodTree();
        final ObjectId head = raw.commit(tree);
        try (ObjectInserter inserter = ours.history.git().newObjectInserter()) {
            final RawHistory.Item garbage = raw.objects.remove(tree);
            inserter.insert(garbage.type(), garbage.raw());
            inserter.flush();
        }
        before = Listing.of(ours.history.path());
        assertRefused(
                new FakePeer().has(head).gives(raw.pack()), "depends on objects that no ref of this router leads to");
    }

    /** Left by an adoption that a crash cut short: the peer sends it again. */
    @Test
    void shouldTakeWhatCameThoughItLiesHereByChance() throws IOException {
        final ObjectId head = raw.commit(raw.goodTree(), raw.sound());
        try (ObjectInserter inserter = ours.history.git().newObjectInserter()) {
            for (final RawHistory.Item each : raw.objects.values()) {
                inserter.insert(each.type(), each.raw());
            }
            inserter.flush();
        }
        try (FakePeer peer = new FakePeer().has(head).gives(raw.pack());
                Fetched fetched = new PeerFetch(ours.history, "edge-2", peer.url(), new FetchRoom(), LIMITS)
                        .fetch(ours.nowS)
                        .orElseThrow()) {
            assertThat(fetched.head()).isEqualTo(head);
        }
    }

    @Test
    void shouldRefuseAPackWithAnyByteChanged() throws IOException {
        final ObjectId head = raw.sound();
        final byte[] pack = raw.pack();
        for (int i = 0; i < pack.length; i++) {
            final byte[] damaged = pack.clone();
            damaged[i] ^= 0x10;
            assertRefused(new FakePeer().has(head).gives(damaged), "nothing of it was taken");
        }
    }

    @Test
    void shouldRefuseAPackThatEndsTooEarly() throws IOException {
        final ObjectId head = raw.sound();
        final byte[] pack = raw.pack();
        for (int length = 0; length < pack.length; length += 7) {
            final byte[] part = Arrays.copyOf(pack, length);
            assertRefused(new FakePeer().has(head).gives(part), "nothing of it was taken");
            assertRefused(
                    new FakePeer()
                            .has(head)
                            .answers(FakePeer.concat(FakePeer.packets("packfile\n"), FakePeer.band(1, part))),
                    "the connection ended too early");
        }
    }

    @Test
    void shouldRefuseMoreThanAPack() throws IOException {
        final ObjectId head = raw.sound();
        assertRefused(
                new FakePeer().has(head).gives(FakePeer.concat(raw.pack(), new byte[1])), "sends more than one pack");
    }

    @Test
    void shouldNotBelieveTheCountOfAPack() throws IOException {
        final ObjectId head = raw.sound();
        assertRefused(
                new FakePeer().has(head).gives(new RawHistory.Pack(Integer.MAX_VALUE).finish()),
                "sends 2147483647 objects at once");
        assertRefused(
                new FakePeer().has(head).gives(new RawHistory.Pack(-1).finish()), "sends 4294967295 objects at once");
        assertRefused(
                new FakePeer().has(head).gives(new RawHistory.Pack(101).finish()),
                "sends 101 objects at once, and 100 is the most");
    }

    @Test
    void shouldNotBelieveTheSizeOfAnObject() throws IOException {
        final RawHistory.Pack lies = new RawHistory.Pack(1);
        lies.header(Constants.OBJ_BLOB, 10);
        lies.deflate(new byte[90_000]);
        assertRefused(new FakePeer().has(raw.sound()).gives(lies.finish()), "longer than it says");
        final RawHistory.Pack giant = new RawHistory.Pack(1);
        giant.header(Constants.OBJ_BLOB, 1L << 33);
        assertRefused(new FakePeer().has(raw.sound()).gives(giant.finish()), "sends an object of 8589934592 bytes");
    }

    @Test
    void shouldRefuseDeltasThatUnpackToTooMuch() throws IOException {
        final ObjectId head = raw.sound();
        final RawHistory.Pack long1 = new RawHistory.Pack(5);
        int base = long1.position();
        long1.whole(Constants.OBJ_BLOB, new byte[60_000]);
        for (int i = 0; i < 4; i++) {
            final int next = long1.position();
            long1.delta(base, RawHistory.copies(i == 0 ? 60_000 : 90_000, 2, 45_000));
            base = next;
        }
        assertRefused(
                new FakePeer().has(head).gives(long1.finish()), "deltas of deltas that need more than 300000 bytes");
        final RawHistory.Pack giant = new RawHistory.Pack(2);
        final int first = giant.position();
        giant.whole(Constants.OBJ_BLOB, new byte[60_000]);
        giant.delta(first, RawHistory.copies(60_000, 100, 60_000));
        assertRefused(new FakePeer().has(head).gives(giant.finish()), "sends an object of 6000000 bytes");
        final RawHistory.Pack many = new RawHistory.Pack(20);
        for (int i = 0; i < 20; i++) {
            many.whole(Constants.OBJ_BLOB, new byte[90_000 + i]);
        }
        assertRefused(new FakePeer().has(head).gives(many.finish()), "unpacks to more than 1000000 bytes");
    }

    @Test
    void shouldRefuseWhatAHistoryHasNot() throws IOException {
        final ObjectId head = raw.sound();
        final RawHistory.Pack tag = new RawHistory.Pack(1);
        tag.whole(Constants.OBJ_TAG, "x".getBytes(StandardCharsets.US_ASCII));
        assertRefused(new FakePeer().has(head).gives(tag.finish()), "sends a tag");
        final RawHistory.Pack thin = new RawHistory.Pack(1);
        thin.delta(ours.head(), RawHistory.copies(10, 1, 10));
        assertRefused(new FakePeer().has(head).gives(thin.finish()), "depends on objects outside it");
        final RawHistory.Pack loose = new RawHistory.Pack(1);
        loose.delta(5, RawHistory.copies(10, 1, 10));
        assertRefused(new FakePeer().has(head).gives(loose.finish()), "sends a delta without a base");
        final RawHistory.Pack unknown = new RawHistory.Pack(1);
        unknown.header(5, 0);
        assertRefused(new FakePeer().has(head).gives(unknown.finish()), "sends an object of an unknown type");
        assertRefused(
                new FakePeer().has(head).gives("PICK and so on....".getBytes(StandardCharsets.US_ASCII)),
                "sends something that is not a pack");
    }

    @Test
    void shouldRefuseADeltaThatDoesNotFitItsBase() throws IOException {
        final RawHistory.Pack pack = new RawHistory.Pack(2);
        final int base = pack.position();
        pack.whole(Constants.OBJ_BLOB, new byte[10]);
        pack.delta(base, RawHistory.copies(500, 1, 400));
        assertRefused(new FakePeer().has(raw.sound()).gives(pack.finish()), "nothing of it was taken");
    }

    @Test
    void shouldNotTakeMoreBytesThanItWill() throws IOException {
        final byte[] noise = new byte[300_000];
        new java.util.Random(1).nextBytes(noise);
        final ObjectId head = raw.sound();
        assertRefused(
                new FakePeer()
                        .has(head)
                        .answers(FakePeer.concat(FakePeer.packets("packfile\n"), FakePeer.band(2, noise))),
                "sends more than it may");
        final byte[] talk = "x\n".repeat(30_000).getBytes(StandardCharsets.US_ASCII);
        assertRefused(
                new FakePeer().greets(FakePeer.concat(FakePeer.packets("version 2\n"), repeated(talk, 40))),
                "sends more than it may");
    }

    private static byte[] repeated(final byte[] content, final int times) {
        final String text = new String(content, StandardCharsets.US_ASCII);
        final String[] lines = new String[times];
        Arrays.fill(lines, text);
        return FakePeer.packets(lines);
    }
}
