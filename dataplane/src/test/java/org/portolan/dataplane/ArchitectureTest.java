package org.portolan.dataplane;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.invoke.VarHandle;

/** Dependencies point one way, as ARCHITECTURE.md draws them. */
@AnalyzeClasses(packages = "org.portolan.dataplane", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "org.portolan.dataplane.";

    @ArchTest
    static final ArchRule systemKnowsNothing = only("system");

    @ArchTest
    static final ArchRule memoryKnowsSystem = only("memory", "system");

    @ArchTest
    static final ArchRule counterKnowsTheKernel = only("counter", "system");

    @ArchTest
    static final ArchRule wireKnowsMemoryAndReasons = only("wire", "memory", "counter");

    @ArchTest
    static final ArchRule ioKnowsMemoryAndTheKernel = only("io", "system", "memory", "counter");

    @ArchTest
    static final ArchRule theSeamKnowsNoDriver = noClasses()
            .that()
            .resideInAPackage(ROOT + "io")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + "io.*..");

    @ArchTest
    static final ArchRule driversDoNotKnowEachOther =
            slices().matching(ROOT + "io.(*)..").should().notDependOnEachOther();

    /** But the list of the drivers that a config can name. */
    @ArchTest
    static final ArchRule nobodyNamesADriversClasses = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + "io..", ROOT + "driver")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + "io.*..");

    @ArchTest
    static final ArchRule theListOfDriversKnowsDriversOnly = only("driver", "io");

    @ArchTest
    static final ArchRule natKnowsThePacketOnly = only("nat", "policy", "wire", "memory", "counter");

    @ArchTest
    static final ArchRule neighborKnowsThePacketAndTheFrame = only("neighbor", "io", "wire", "memory", "counter");

    @ArchTest
    static final ArchRule commandKnowsMemoryAndTheKernel = only("command", "system", "memory", "counter");

    /** So that every stage may know it. */
    @ArchTest
    static final ArchRule policyKnowsNoStage = only("policy", "wire", "memory");

    @ArchTest
    static final ArchRule forwardKnowsStagesNotWorkers =
            only("forward", "policy", "io", "wire", "memory", "counter", "neighbor");

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().matching(ROOT + "(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule nothingKnowsControl = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.portolan.control..", "org.portolan.bench..");

    @ArchTest
    static final ArchRule orderingsLiveInMemoryAndCallsInSystem = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + "memory..", ROOT + "system..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.lang.foreign..")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(VarHandle.class);

    @ArchTest
    static final ArchRule nothingLogs =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("org.slf4j..", "java.util.logging..");

    /** A package depends on the named ones of ours, itself, the JDK, Agrona and HdrHistogram. */
    private static ArchRule only(final String name, final String... known) {
        final String[] allowed = new String[known.length + 4];
        for (int i = 0; i < known.length; i++) {
            allowed[i] = ROOT + known[i] + "..";
        }
        allowed[known.length] = ROOT + name + "..";
        allowed[known.length + 1] = "java..";
        allowed[known.length + 2] = "org.agrona..";
        allowed[known.length + 3] = "org.HdrHistogram..";
        return classes()
                .that()
                .resideInAPackage(ROOT + name + "..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed);
    }
}
