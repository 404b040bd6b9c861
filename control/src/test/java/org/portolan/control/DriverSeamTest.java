package org.portolan.control;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Control knows drivers by the config's name for them; only a replay brings a driver of its own. */
@AnalyzeClasses(packages = "org.portolan.control", importOptions = ImportOption.DoNotIncludeTests.class)
class DriverSeamTest {
    private static final String DRIVERS = "org.portolan.dataplane.io.*..";

    @ArchTest
    static final ArchRule nothingNamesADriversClasses = noClasses()
            .that()
            .resideOutsideOfPackage("org.portolan.control.replay")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(DRIVERS);

    @ArchTest
    static final ArchRule aReplayNamesFilesOnly = noClasses()
            .that()
            .resideInAPackage("org.portolan.control.replay")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.portolan.dataplane.io.packet..", "org.portolan.dataplane.io.tap..");
}
