package org.portolan.control.history;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The history's packages depend on each other one way, as its chapters say. */
@AnalyzeClasses(packages = "org.portolan.control", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {
    private static final String ROOT = "org.portolan.control.history.";

    @ArchTest
    static final ArchRule dependenciesPointDown = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage(ROOT + "(**)")
            .layer("record")
            .definedBy(ROOT + "record")
            .layer("pack")
            .definedBy(ROOT + "pack")
            .layer("store")
            .definedBy(ROOT + "store")
            .layer("boundary")
            .definedBy(ROOT + "boundary")
            .layer("retain")
            .definedBy(ROOT + "retain")
            .layer("query")
            .definedBy(ROOT + "query")
            .layer("peer")
            .definedBy(ROOT + "peer")
            .whereLayer("record")
            .mayNotAccessAnyLayer()
            .whereLayer("pack")
            .mayNotAccessAnyLayer()
            .whereLayer("store")
            .mayOnlyAccessLayers("record", "pack")
            .whereLayer("boundary")
            .mayOnlyAccessLayers("pack")
            .whereLayer("retain")
            .mayOnlyAccessLayers("pack", "boundary")
            .whereLayer("query")
            .mayOnlyAccessLayers("record", "pack", "store")
            .whereLayer("peer")
            .mayOnlyAccessLayers("record", "pack", "store", "boundary");

    @ArchTest
    static final ArchRule nothingBelowKnowsTheRouter = noClasses()
            .that()
            .resideInAnyPackage(
                    ROOT + "record",
                    ROOT + "pack",
                    ROOT + "boundary",
                    ROOT + "store",
                    ROOT + "retain",
                    ROOT + "query",
                    ROOT + "peer")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.portolan.control",
                    "org.portolan.control.text..",
                    "org.portolan.control.arp..",
                    "org.portolan.control.view..",
                    "org.portolan.control.answer..",
                    "org.portolan.control.admin..",
                    "org.portolan.control.verb..");
}
