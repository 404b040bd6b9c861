package org.portolan.bench.device;

import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.stream.Collectors;
import org.portolan.bench.lab.LabException;

/** The kinds of devices that come with the harness, in the order of a report. */
public final class Devices {
    private static final List<DeviceKind> ALL =
            List.of(new PortolanDevice(), new NftablesDevice(), new RouteDevice(), new NullDevice());

    private Devices() {}

    public static List<DeviceKind> all() {
        return ALL;
    }

    /**
     * By id, or a class of its own by name.
     *
     * @throws LabException says which ids there are
     */
    public static DeviceKind of(final String name) {
        for (final DeviceKind kind : ALL) {
            if (kind.id().equals(name)) {
                return kind;
            }
        }
        if (name.indexOf('.') > 0) {
            return load(name);
        }
        throw new LabException("there is no device \"%s\": %s, or the name of a class that implements DeviceKind"
                .formatted(name, ALL.stream().map(DeviceKind::id).collect(Collectors.joining(", "))));
    }

    /** What {@link #of} takes for this kind. */
    public static String name(final DeviceKind kind) {
        return ALL.contains(kind) ? kind.id() : kind.getClass().getName();
    }

    private static DeviceKind load(final String className) {
        try {
            return Class.forName(className)
                    .asSubclass(DeviceKind.class)
                    .getConstructor()
                    .newInstance();
        } catch (final ClassNotFoundException
                | ClassCastException
                | NoSuchMethodException
                | InstantiationException
                | IllegalAccessException e) {
            throw new LabException(
                    "%s is not a device: a class on the class path that implements DeviceKind, with a public constructor "
                                    .formatted(className)
                            + "without parameters, is wanted",
                    e);
        } catch (final InvocationTargetException e) {
            throw new LabException("%s could not be made: %s".formatted(className, e.getCause()), e);
        }
    }
}
