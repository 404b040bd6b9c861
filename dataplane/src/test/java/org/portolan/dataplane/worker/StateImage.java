package org.portolan.dataplane.worker;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import org.portolan.dataplane.memory.Memory;
import org.portolan.dataplane.memory.Slab;

/**
 * A hash of everything that objects of ours hold and lead to: every field, every array, and every byte of every slab.
 * Two hashes that are equal mean that nothing was written between them, or that it was put back.
 */
final class StateImage {
    private final Deque<Object> left = new ArrayDeque<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private long hash;
    private int slabs;

    private StateImage() {}

    static long of(final Object... roots) {
        final StateImage image = image(roots);
        return image.hash;
    }

    /** How many slabs the objects lead to: a test that looks at too few proves nothing. */
    static int slabs(final Object... roots) {
        return image(roots).slabs;
    }

    private static StateImage image(final Object... roots) {
        final StateImage image = new StateImage();
        for (final Object root : roots) {
            image.visit(root);
        }
        while (!image.left.isEmpty()) {
            image.read(image.left.poll());
        }
        return image;
    }

    private void visit(final Object object) {
        if (object != null && seen.add(object)) {
            left.add(object);
        }
    }

    private void add(final long value) {
        hash = (hash ^ value) * 0x9E37_79B9_7F4A_7C15L;
        hash ^= hash >>> 29;
    }

    private void read(final Object object) {
        if (object instanceof final Slab slab) {
            slabs++;
            for (long at = 0; at + Long.BYTES <= slab.bytes(); at += Long.BYTES) {
                add(Memory.longAt(slab.address() + at));
            }
        } else if (object.getClass().isArray()) {
            for (int i = 0; i < Array.getLength(object); i++) {
                element(Array.get(object, i), object.getClass().getComponentType());
            }
        } else {
            fields(object);
        }
    }

    private void fields(final Object object) {
        for (Class<?> type = object.getClass(); isOurs(type); type = type.getSuperclass()) {
            for (final Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    field.setAccessible(true);
                    try {
                        element(field.get(object), field.getType());
                    } catch (final IllegalAccessException e) {
                        throw new AssertionError(e);
                    }
                }
            }
        }
    }

    private void element(final Object value, final Class<?> type) {
        if (type.isPrimitive()) {
            add(value.hashCode());
        } else if (value != null && (value.getClass().isArray() || isOurs(value.getClass()))) {
            visit(value);
        }
    }

    private static boolean isOurs(final Class<?> type) {
        return type != null && type.getName().startsWith("org.portolan.") && !type.isHidden() && !type.isEnum();
    }
}
