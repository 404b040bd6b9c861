package org.portolan.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The packages of bench depend on each other one way, from the lab up to the command line. */
@AnalyzeClasses(packages = "org.portolan.bench", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "org.portolan.bench.";

    @ArchTest
    static final ArchRule labKnowsNothing = only("lab");

    @ArchTest
    static final ArchRule runKnowsTheLab = only("run", "lab");

    @ArchTest
    static final ArchRule trafficKnowsTheLab = only("traffic", "lab");

    @ArchTest
    static final ArchRule deviceKnowsTheLab = only("device", "lab");

    @ArchTest
    static final ArchRule demoKnowsTheLab = only("demo", "lab");

    @ArchTest
    static final ArchRule microKnowsNothing = only("micro");

    @ArchTest
    static final ArchRule reportKnowsRuns = only("report", "run", "lab");

    @ArchTest
    static final ArchRule bpfIsAKindOfTraffic = only("bpf", "traffic", "lab");

    @ArchTest
    static final ArchRule harnessMeasuresDevices = only("harness", "bpf", "device", "report", "run", "traffic", "lab");

    @ArchTest
    static final ArchRule historyKnowsTheHarness = only("history", "harness", "run", "traffic", "lab");

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching(ROOT + "(*)..").should().beFreeOfCycles();

    /** A package depends on no other of bench than those named; what JMH generates belongs to its package. */
    private static ArchRule only(final String name, final String... known) {
        final String[] allowed = new String[known.length + 1];
        for (int i = 0; i < known.length; i++) {
            allowed[i] = ROOT + known[i] + "..";
        }
        allowed[known.length] = ROOT + name + "..";
        final DescribedPredicate<JavaClass> others = JavaClass.Predicates.resideInAPackage("org.portolan.bench..")
                .and(JavaClass.Predicates.resideOutsideOfPackages(allowed));
        return noClasses().that().resideInAPackage(ROOT + name + "..").should().dependOnClassesThat(others);
    }
}
