package org.portolan.bench.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command lines that start the router and ask it, with this JVM's Java and the flags of the launcher. */
public final class JavaCommand {
    /** What the launcher gives the router; the heap is fixed and touched at the start. */
    private static final List<String> ROUTER_JVM = List.of(
            "-XX:+UseZGC",
            "-Xms256m",
            "-Xmx256m",
            "-XX:+AlwaysPreTouch",
            "-XX:+PerfDisableSharedMem",
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "-Xlog:async",
            "-Xlog:disable",
            "-Xlog:all=error:stderr");

    /** For a command that asks and ends: start fast. */
    private static final List<String> COMMAND_JVM =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-XX:-UsePerfData");

    private static final List<String> COMMON_JVM = List.of(
            "--add-exports",
            "java.base/jdk.internal.misc=ALL-UNNAMED",
            "--add-exports",
            "java.base/sun.nio.ch=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED");

    private JavaCommand() {}

    /**
     * @param main the class that is the router
     * @param flags for the router's JVM, after those that it always gets
     */
    static List<String> router(final String classPath, final List<String> flags, final String main, final Path config) {
        return java(classPath, routerFlags(flags), main, List.of("run", config.toString()));
    }

    /** Those of every router, then these. */
    static List<String> routerFlags(final List<String> flags) {
        final List<String> all = new ArrayList<>(ROUTER_JVM);
        all.addAll(flags);
        return all;
    }

    /** Another program of this class path, with the router's flags: what is compared runs alike. */
    public static List<String> likeARouter(final Class<?> main, final List<String> arguments) {
        return java(ClassPath.own(), ROUTER_JVM, main.getName(), arguments);
    }

    /** Any other verb. */
    static List<String> shortVisit(final List<String> arguments) {
        return java(ClassPath.own(), COMMAND_JVM, PortolanProcess.MAIN, arguments);
    }

    private static List<String> java(
            final String classPath, final List<String> options, final String main, final List<String> arguments) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(COMMON_JVM);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(arguments);
        return command;
    }
}
