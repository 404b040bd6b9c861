package org.portolan.control.history.query;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What happens to a few addresses on a wire, at random. */
public final class RandomLife {
    static final int HOSTS = 6;

    private final Random random;
    private final List<SampleRouter.Expiry> open = new ArrayList<>();
    private final List<Integer> dying = new ArrayList<>();

    public RandomLife(final long seed) {
        random = new Random(seed);
    }

    public void live(final SampleRouter router, final int events) throws IOException {
        for (int i = 0; i < events; i++) {
            event(router, SampleRouter.address(random.nextInt(HOSTS)));
        }
    }

    private void event(final SampleRouter router, final int address) throws IOException {
        router.pass(random.nextInt(3));
        final int kind = random.nextInt(10);
        if (!open.isEmpty() && kind < 3) {
            open.removeFirst().dead(dying.removeFirst()).merge();
        } else if (dying.contains(address)) {
            router.pass(1);
        } else if (router.isStatic(address)) {
            router.unpin(address, "anna");
        } else if (!router.isLive(address) || kind < 4) {
            router.learn(address, SampleRouter.mac(random.nextInt(5)));
        } else if (kind < 6) {
            router.seen(address);
        } else if (kind < 8) {
            open.add(router.expiry());
            dying.add(address);
        } else if (kind < 9) {
            router.flush(address, "root");
        } else {
            router.pin(address, SampleRouter.mac(9), "root");
        }
    }

    /** Several routers on one wire, each with a life of its own, that merge each other now and then. */
    public void liveTogether(final List<SampleRouter> routers, final int rounds) throws IOException {
        for (int round = 0; round < rounds; round++) {
            for (final SampleRouter router : routers) {
                live(router, random.nextInt(4));
                while (!open.isEmpty()) {
                    open.removeFirst().dead(dying.removeFirst()).merge();
                }
                router.write();
            }
            final SampleRouter reader = routers.get(random.nextInt(routers.size()));
            final SampleRouter writer = routers.get(random.nextInt(routers.size()));
            if (reader != writer) {
                reader.fetch(writer).merge(writer).write();
            }
        }
    }
}
