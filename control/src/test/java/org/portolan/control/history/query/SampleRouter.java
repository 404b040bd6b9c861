package org.portolan.control.history.query;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Observation;
import org.portolan.control.history.record.Observation.State;
import org.portolan.control.history.record.Pin;
import org.portolan.control.history.record.Stamp;
import org.portolan.control.history.store.Batch;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.history.store.StockGit;
import org.portolan.control.history.store.Tables;
import org.portolan.dataplane.wire.Ethernet;
import org.portolan.dataplane.wire.Ipv4;

/**
 * A router that writes its history with a clock of the test's own: every event is a commit, in the form of the real
 * one.
 */
public final class SampleRouter implements AutoCloseable {
    public static final long BEGIN_S = 1_764_000_000L;

    /** An expiry branch that is open. */
    public final class Expiry {
        private final ObjectId base;
        private final String ref;
        private ObjectId tip;

        private Expiry() {
            base = tip();
            tip = base;
            ref = HistoryRepository.EXPIRE_PREFIX + nowS + ".%06d".formatted(branches++ % 1_000_000);
        }

        /** Nobody answered. */
        public Expiry dead(final int address) throws IOException {
            nowS++;
            final BindingKey key = key(address);
            final Observation seen = table.get(key).observed();
            final Binding next = table.get(key).with(seen.expired(seen.seenS(), nowS, "silent"));
            table.put(key, next);
            final ObjectId tree = batch.edit(batch.treeOf(tip), Map.of(key, next));
            final String text =
                    text("Arp.tick: updating to age out old entries", address, 0, seen.mac(), "silent", null);
            tip = batch.commit(tree, List.of(tip), text, nowS);
            batch.move(ref, tip);
            return this;
        }

        public void merge() throws IOException {
            nowS++;
            if (tip().equals(base)) {
                primary = tip;
            } else {
                final ObjectId tree =
                        batch.trees().join(batch.treeOf(tip()), batch.treeOf(tip), (key, ours, theirs, joined) -> {});
                primary = batch.commit(tree, List.of(tip(), tip), "Arp.tick: merge expiry branch\n", nowS);
            }
        }
    }

    private final Path path;
    private final String name;
    private final HistoryRepository history;
    private final Map<BindingKey, Binding> table = new HashMap<>();
    private Batch batch;
    private ObjectId primary;
    private long clock;
    private long nowS;
    private int branches;
    private String segment = "office";

    public SampleRouter(final Path path, final String name, final long beginS) throws IOException {
        this.path = path;
        this.name = name;
        nowS = beginS;
        history = HistoryRepository.open(path, name, beginS);
        primary = history.primary();
        batch = history.batch();
    }

    public static int address(final int host) {
        return 0xC0A8_0100 + host;
    }

    public static long mac(final int number) {
        return 0x0250_2A16_6D00L + number;
    }

    public BindingKey key(final int address) {
        return new BindingKey(0, segment, address);
    }

    public String file(final int address) {
        return key(address).path();
    }

    public SampleRouter on(final String wire) {
        segment = wire;
        return this;
    }

    public Path path() {
        return path;
    }

    public Repository git() {
        return history.git();
    }

    public long nowS() {
        return nowS;
    }

    public ObjectId tip() {
        return primary;
    }

    /** Its stamps are greater than those of who has written more. */
    public SampleRouter ahead(final long by) {
        clock += by;
        return this;
    }

    public SampleRouter pass(final long seconds) {
        nowS += seconds;
        return this;
    }

    public boolean isLive(final int address) {
        final Binding binding = table.get(key(address));
        return binding != null
                && binding.observed() != null
                && binding.observed().isLive();
    }

    public boolean isStatic(final int address) {
        final Binding binding = table.get(key(address));
        return binding != null && binding.isStatic();
    }

    public boolean isKnown(final int address) {
        return table.containsKey(key(address));
    }

    private static long clock(final Binding binding) {
        final long seen =
                binding.observed() == null ? 0 : binding.observed().stamp().count();
        return binding.pinned() == null
                ? seen
                : Math.max(seen, binding.pinned().stamp().count());
    }

    private Stamp stamp() {
        return new Stamp(++clock, name);
    }

    private void put(final int address, final Binding next, final String message) throws IOException {
        table.put(key(address), next);
        commit(batch.edit(batch.treeOf(primary), Map.of(key(address), next)), message);
    }

    private void commit(final ObjectId tree, final String message) throws IOException {
        primary = batch.commit(tree, List.of(primary), message, nowS);
    }

    private Binding with(final int address, final Observation observed) {
        final Binding before = table.get(key(address));
        return before == null ? new Binding(observed, null) : before.with(observed);
    }

    /** Learned, or moved when another MAC is live. */
    public SampleRouter learn(final int address, final long mac) throws IOException {
        nowS++;
        final long old = isLive(address) ? table.get(key(address)).observed().mac() : 0;
        final Observation seen = new Observation(State.LIVE, mac, nowS, nowS, 0, "answered", "lan", stamp());
        put(
                address,
                with(address, seen),
                text(old == 0 ? "entry added" : "entry moved", address, old, mac, "answered", null));
        return this;
    }

    public SampleRouter flush(final int address, final String by) throws IOException {
        nowS++;
        final Observation live = table.get(key(address)).observed();
        final Observation gone = live.flushed(live.seenS(), nowS, "operator", stamp());
        put(address, with(address, gone), text("entry flushed", address, 0, live.mac(), "operator", by));
        return this;
    }

    public SampleRouter pin(final int address, final long mac, final String by) throws IOException {
        nowS++;
        final Binding before = table.get(key(address));
        final Binding next = new Binding(before == null ? null : before.observed(), new Pin(mac, by, nowS, stamp()));
        put(address, next, text("static entry added", address, 0, mac, "operator", by));
        return this;
    }

    public SampleRouter unpin(final int address, final String by) throws IOException {
        nowS++;
        final Binding before = table.get(key(address));
        final Binding next = before.with(new Pin(0, by, nowS, stamp()));
        put(
                address,
                next,
                text("static entry removed", address, 0, before.pinned().mac(), "operator", by));
        return this;
    }

    /** A coarse mark. */
    public SampleRouter seen(final int... addresses) throws IOException {
        nowS++;
        final Map<BindingKey, Binding> next = new HashMap<>();
        for (final int address : addresses) {
            next.put(
                    key(address),
                    with(address, table.get(key(address)).observed().seen(nowS, stamp())));
        }
        table.putAll(next);
        commit(batch.edit(batch.treeOf(primary), next), "entries seen: %d\n".formatted(addresses.length));
        return this;
    }

    /** Many learned in one commit. */
    public SampleRouter crowd(final int firstHost, final int count) throws IOException {
        nowS++;
        final Map<BindingKey, Binding> next = new HashMap<>();
        final StringBuilder text =
                new StringBuilder("entries changed: ").append(count).append("\n\n");
        for (int i = 0; i < count; i++) {
            final int address = address(firstHost + i);
            final long mac = mac(firstHost + i);
            next.put(
                    key(address),
                    with(address, new Observation(State.LIVE, mac, nowS, nowS, 0, "answered", "lan", stamp())));
            text.append("Change: learned %s %s - %s\n"
                    .formatted(segment, Ipv4.describeAddress(address), Ethernet.describeMac(mac)));
        }
        table.putAll(next);
        commit(batch.edit(batch.treeOf(primary), next), text.toString());
        return this;
    }

    /** The table forgets it. */
    public SampleRouter collect(final int address) throws IOException {
        nowS++;
        table.remove(key(address));
        final Map<BindingKey, Binding> gone = new HashMap<>();
        gone.put(key(address), null);
        commit(batch.edit(batch.treeOf(primary), gone), "Arp.gc: 1 tombstones collected\n");
        return this;
    }

    public Expiry expiry() {
        return new Expiry();
    }

    /** Fetches what the other has made durable. */
    public SampleRouter fetch(final SampleRouter other) throws IOException {
        StockGit.run(
                path,
                "fetch",
                "-q",
                other.path.toString(),
                "+refs/heads/primary:refs/remotes/" + other.name + "/primary");
        return this;
    }

    /** Merges what was fetched, as a router does: nothing when its table stays as it is. Write before. */
    public SampleRouter merge(final SampleRouter other) throws IOException {
        final ObjectId theirs = history.git()
                .exactRef("refs/remotes/" + other.name + "/primary")
                .getObjectId();
        return merge(other, theirs);
    }

    /** As if the other had been at a commit of its when it was fetched last. */
    public SampleRouter merge(final SampleRouter other, final ObjectId theirs) throws IOException {
        nowS++;
        final List<String> changes = new ArrayList<>();
        final List<String> conflicts = new ArrayList<>();
        final ObjectId tree = batch.trees()
                .join(batch.treeOf(primary), batch.treeOf(theirs), (key, ours, other2, joined) -> {
                    if (ours != null && ours.mac() != 0 && other2.mac() != 0 && ours.mac() != other2.mac()) {
                        conflicts.add("Conflict: %s %s over %s\n"
                                .formatted(
                                        Ipv4.describeAddress(key.address()),
                                        Ethernet.describeMac(joined.mac()),
                                        Ethernet.describeMac(joined.mac() == ours.mac() ? other2.mac() : ours.mac())));
                    }
                    final ChangeKind kind = ChangeKind.between(ours, joined);
                    if (!joined.equals(ours) && !kind.isQuiet()) {
                        changes.add("Change: %s %s %s - %s %s\n"
                                .formatted(
                                        kind.word,
                                        key.segment(),
                                        Ipv4.describeAddress(key.address()),
                                        Ethernet.describeMac(joined.mac()),
                                        kind.observer(joined)));
                    }
                    table.put(key, joined);
                    clock = Math.max(clock, clock(joined));
                });
        if (!tree.equals(batch.treeOf(primary))) {
            final String subject = "Arp.merge: %s into %s: %d entries\n".formatted(other.name, name, changes.size());
            final String trailers = "\n" + String.join("", changes) + String.join("", conflicts);
            primary = batch.commit(tree, List.of(primary, theirs), subject + trailers, nowS);
        }
        return this;
    }

    private String text(
            final String what,
            final int address,
            final long old,
            final long mac,
            final String reason,
            final String by) {
        final String ip = Ipv4.describeAddress(address);
        final StringBuilder text = new StringBuilder(what + ": " + ip + " -> " + Ethernet.describeMac(mac) + "\n\n");
        text.append("Ip: ")
                .append(ip)
                .append("\nMac: ")
                .append(Ethernet.describeMac(mac))
                .append('\n');
        if (old != 0) {
            text.append("Mac-Old: ").append(Ethernet.describeMac(old)).append('\n');
        }
        text.append("Interface: lan\nSegment: ")
                .append(segment)
                .append("\nReason: ")
                .append(reason)
                .append('\n');
        return by == null
                ? text.toString()
                : text.append("By: ").append(by).append('\n').toString();
    }

    /** What was done since the last time is durable, in one pack. */
    public SampleRouter write() throws IOException {
        if (!primary.equals(history.primary())) {
            batch.move(HistoryRepository.PRIMARY, primary);
        }
        batch.finish();
        batch.close();
        batch = history.batch();
        return this;
    }

    public Map<BindingKey, Binding> table(final ObjectId commit) throws IOException {
        return Tables.of(history, commit);
    }

    public String log(final String... words) {
        final List<String> all = new ArrayList<>(List.of("log"));
        all.addAll(List.of(words));
        return StockGit.run(path, all.toArray(String[]::new)).strip();
    }

    @Override
    public void close() throws IOException {
        batch.close();
        history.close();
    }
}
