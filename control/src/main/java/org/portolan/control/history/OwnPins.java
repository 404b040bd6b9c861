package org.portolan.control.history;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.portolan.control.history.record.Binding;
import org.portolan.control.history.record.BindingKey;
import org.portolan.control.history.record.Pin;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.history.store.OwnFile;
import org.portolan.dataplane.wire.Ethernet;

/**
 * What this router's operators have pinned, as {@link OwnFile} keeps it. Changed by the batch that says it in the
 * history too, and undone with it. The file is written before the batch: after a crash between the two the file counts,
 * and the history gets them again. Historian's thread only, after the start.
 */
final class OwnPins {
    private final OwnFile file;
    private final Map<BindingKey, Pin> pins;
    private long born;
    private boolean isWritten;

    private OwnPins(final OwnFile file, final Map<BindingKey, Pin> pins, final boolean isWritten) {
        this.file = file;
        this.pins = pins;
        born = file.born();
        this.isWritten = isWritten;
    }

    /**
     * Those of the file. A repository of an earlier version has no such file: then the pins in its table are this
     * router's, if no other router ever wrote there.
     */
    static OwnPins of(final HistoryRepository repository, final Map<BindingKey, Binding> table) throws IOException {
        final OwnFile file = repository.own();
        final Map<BindingKey, Pin> pins = new HashMap<>(file.pins());
        if (file.origin() == OwnFile.Origin.MADE && isAlone(repository, table)) {
            table.forEach((key, binding) -> {
                if (binding.isStatic()) {
                    pins.put(key, binding.pinned());
                }
            });
        }
        final OwnPins own = new OwnPins(file, pins, file.origin() == OwnFile.Origin.READ);
        own.trySave();
        return own;
    }

    private static boolean isAlone(final HistoryRepository repository, final Map<BindingKey, Binding> table)
            throws IOException {
        return table.values().stream().allMatch(each -> each.isAllOf(repository.router()))
                && repository.visit(
                        repository.primary(), key -> true, (key, binding) -> binding.isAllOf(repository.router()))
                && repository
                        .git()
                        .getRefDatabase()
                        .getRefsByPrefix(HistoryRepository.REMOTES_PREFIX)
                        .isEmpty();
    }

    /** A disk that takes nothing keeps no router from starting: the next batch tries again. */
    private void trySave() {
        try {
            save();
        } catch (final IOException e) {
            isWritten = false;
        }
    }

    Map<BindingKey, Pin> all() {
        return pins;
    }

    /** The stamp from which on this repository knows all that its router said. */
    long born() {
        return born;
    }

    /**
     * To be called when the clock was ahead while the repository was made: it began now instead. What a peer has under
     * this router's name and an earlier stamp may be of an earlier repository.
     */
    void bornAt(final long micros) {
        born = micros;
        isWritten = false;
        trySave();
    }

    /** Null when there is none. */
    Pin of(final BindingKey key) {
        return pins.get(key);
    }

    /** @param pin null when it is over */
    void put(final BindingKey key, final Pin pin, final Ledger ledger) {
        if (pin != null && pins.size() >= OwnFile.MOST_PINS && !pins.containsKey(key)) {
            return;
        }
        final Pin before = pin == null ? pins.remove(key) : pins.put(key, pin);
        isWritten = false;
        ledger.onUndo(() -> {
            Ledger.restore(pins, key, before);
            isWritten = false;
        });
    }

    /** On the disk for sure afterwards. */
    void save() throws IOException {
        if (!isWritten) {
            file.write(born, pins);
            isWritten = true;
        }
    }

    /** Pins of a table under this router's name that it does not hold: whoever wrote them, they are not static here. */
    List<BindingKey> missing(final Map<BindingKey, Binding> table) {
        return table.entrySet().stream()
                .filter(each -> each.getValue().isStatic() && !pins.containsKey(each.getKey()))
                .filter(each -> each.getValue()
                        .pinned()
                        .stamp()
                        .router()
                        .equals(file.identity().name()))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** For an operator. */
    static String describe(final BindingKey key, final Pin pin) {
        return "%s -> %s by %s".formatted(key, Ethernet.describeMac(pin.mac()), pin.by());
    }
}
