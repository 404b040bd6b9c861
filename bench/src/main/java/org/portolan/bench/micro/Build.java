package org.portolan.bench.micro;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * One build of the router, in class loaders of its own, so that two of them run in one JVM. What it is asked to do goes
 * by the names of {@link PipelineBenchmark} and {@link SessionLifeBenchmark}, which earlier builds have too.
 */
final class Build implements AutoCloseable {
    private static final String PACKAGE = Build.class.getPackageName() + ".";

    private final String name;
    private final URLClassLoader classes;

    private Build(final String name, final URL... classPath) {
        this.name = name;
        classes = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader());
    }

    /** @param jar the build and all that it needs */
    static Build of(final Path jar) {
        return new Build(jar.toString(), url(jar));
    }

    /** The classes that run now, once more. */
    static Build current() {
        final String[] classPath = System.getProperty("java.class.path").split(File.pathSeparator);
        return new Build(
                "this build",
                Arrays.stream(classPath).map(Path::of).map(Build::url).toArray(URL[]::new));
    }

    private static URL url(final Path file) {
        try {
            return file.toUri().toURL();
        } catch (final MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Frames of established sessions through the whole router, a batch a call. */
    Subject pipeline(final Transport transport, final FlowDirection direction, final int sessions) {
        final Object benchmark = make("PipelineBenchmark");
        set(benchmark, "transport", transport.name());
        set(benchmark, "direction", direction.name());
        set(benchmark, "sessions", sessions);
        call(benchmark, "open");
        return new Subject(benchmark, "router", null, "close");
    }

    /** New sessions beside those that the table holds, a batch a call. */
    Subject newSessions(final int sessions) {
        final Object table = make("SessionLifeBenchmark$OpenedTable");
        set(table, "sessions", sessions);
        call(table, "fill");
        return new Subject(table, "openBatch", "end", "free");
    }

    /** What is measured of a build: {@link #CALLS} of {@link #work}, then {@link #tidy} once, and so on. */
    static final class Subject implements AutoCloseable {
        /** As many batches as the sessions that {@link SessionLifeBenchmark} ends at once. */
        static final int CALLS = 256;

        private final Object owner;
        private final Method work;
        private final Method tidy;
        private final Method close;

        private Subject(final Object owner, final String work, final String tidy, final String close) {
            this.owner = owner;
            this.work = method(owner.getClass(), work);
            this.tidy = tidy == null ? null : method(owner.getClass(), tidy);
            this.close = method(owner.getClass(), close);
        }

        /** One batch, {@link HotPathBenchmark#BATCH} packets or sessions. */
        void work() {
            invoke(owner, work);
        }

        /** What belongs to the calls and is not timed with them. */
        void tidy() {
            if (tidy != null) {
                invoke(owner, tidy);
            }
        }

        @Override
        public void close() {
            invoke(owner, close);
        }
    }

    /** @throws IllegalArgumentException for a build that does not have the class */
    Class<?> find(final String simpleName) {
        try {
            return Class.forName(PACKAGE + simpleName, false, classes);
        } catch (final ClassNotFoundException | LinkageError e) {
            throw new IllegalArgumentException("%s has no %s".formatted(name, simpleName), e);
        }
    }

    private Object make(final String simpleName) {
        final Class<?> type = find(simpleName);
        try {
            final Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (final InvocationTargetException e) {
            throw new IllegalStateException(name + ": " + simpleName, e.getCause());
        } catch (final ReflectiveOperationException e) {
            throw new IllegalArgumentException("%s cannot make a %s".formatted(name, simpleName), e);
        }
    }

    private static void set(final Object owner, final String field, final Object value) {
        try {
            final Field each = owner.getClass().getField(field);
            each.set(owner, each.getType().isEnum() ? constant(each.getType(), (String) value) : value);
        } catch (final ReflectiveOperationException e) {
            throw new IllegalArgumentException("%s has no field %s".formatted(owner.getClass(), field), e);
        }
    }

    private static Object constant(final Class<?> type, final String name) {
        for (final Object each : type.getEnumConstants()) {
            if (each.toString().equals(name)) {
                return each;
            }
        }
        throw new IllegalArgumentException("%s has no %s".formatted(type, name));
    }

    private static Method method(final Class<?> owner, final String method) {
        for (Class<?> type = owner; type != null; type = type.getSuperclass()) {
            for (final Method each : type.getDeclaredMethods()) {
                if (each.getName().equals(method) && each.getParameterCount() == 0) {
                    each.setAccessible(true);
                    return each;
                }
            }
        }
        throw new IllegalArgumentException("%s has no %s()".formatted(owner, method));
    }

    private static void call(final Object owner, final String method) {
        invoke(owner, method(owner.getClass(), method));
    }

    private static void invoke(final Object owner, final Method method) {
        try {
            method.invoke(owner);
        } catch (final InvocationTargetException e) {
            throw new IllegalStateException(owner.getClass() + "." + method.getName(), e.getCause());
        } catch (final IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        classes.close();
    }
}
