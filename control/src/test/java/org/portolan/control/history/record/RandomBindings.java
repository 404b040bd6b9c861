package org.portolan.control.history.record;

import java.util.Random;

/** Bindings out of a small world, so that stamps, routers and MACs collide often. */
public final class RandomBindings {
    private static final String[] ROUTERS = {"edge-1", "edge-2", "edge-3"};
    private static final String[] REASONS = {"answered", "silent", "idle", "flushed"};

    private final Random random;

    public RandomBindings(final long seed) {
        random = new Random(seed);
    }

    public Binding binding() {
        final int kind = random.nextInt(4);
        return new Binding(kind == 0 ? null : observation(), kind == 1 || kind == 2 ? null : pin());
    }

    public BindingKey key() {
        return new BindingKey(
                0, random.nextBoolean() ? "office" : "lab", 0xC0A80100 + random.nextInt(3) * 256 + random.nextInt(4));
    }

    private Observation observation() {
        final Observation.State state = Observation.State.values()[random.nextInt(3)];
        return new Observation(
                state,
                mac(),
                second(),
                second(),
                state == Observation.State.LIVE ? 0 : second(),
                REASONS[random.nextInt(REASONS.length)],
                "lan",
                stamp());
    }

    private Pin pin() {
        return new Pin(random.nextInt(3) == 0 ? 0 : mac(), random.nextBoolean() ? "root" : "config", second(), stamp());
    }

    private Stamp stamp() {
        return new Stamp(1 + random.nextInt(4), ROUTERS[random.nextInt(ROUTERS.length)]);
    }

    private long mac() {
        return 0x0200_0000_0001L + random.nextInt(3);
    }

    private long second() {
        return 1_700_000_000L + random.nextInt(3);
    }
}
