package org.portolan.control;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Control's rooms depend on each other one way, as the chapter of its root says. */
@AnalyzeClasses(packages = "org.portolan.control", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "org.portolan.control.";

    @ArchTest
    static final ArchRule logKnowsNothing = only("log");

    @ArchTest
    static final ArchRule configKnowsTheLog = only("config", "log");

    @ArchTest
    static final ArchRule expiryKnowsTheConfig = only("expiry", "config", "log");

    @ArchTest
    static final ArchRule deviceKnowsTheConfig = only("device", "config", "log");

    @ArchTest
    static final ArchRule latencyKnowsTheConfig = only("latency", "config", "log");

    @ArchTest
    static final ArchRule startKnowsWhatItOpens = only("start", "device", "latency", "config", "log");

    @ArchTest
    static final ArchRule policyKnowsTheExpiry = only("policy", "expiry", "start", "config", "log");

    @ArchTest
    static final ArchRule historyKnowsHowARouterStarts = only("history", "start", "config", "log");

    @ArchTest
    static final ArchRule textKnowsNoRouter = noClasses()
            .that()
            .resideInAPackage(ROOT + "text")
            .should()
            .dependOnClassesThat(
                    inControlOutside(ROOT + "text", ROOT + "log", ROOT + "config", ROOT + "history.record"));

    @ArchTest
    static final ArchRule arpKnowsTheHistory = only("arp", "history", "config", "log");

    @ArchTest
    static final ArchRule viewKnowsTheRouterNotHowItIsShown =
            only("view", "arp", "history", "start", "device", "latency", "expiry", "config", "log");

    @ArchTest
    static final ArchRule answerKnowsTheView = only("answer", "view", "history", "latency", "text", "config", "log");

    @ArchTest
    static final ArchRule adminKnowsTheAnswers =
            only("admin", "answer", "view", "history", "start", "text", "config", "log");

    @ArchTest
    static final ArchRule verbKnowsTheSocketNotTheRouter =
            only("verb", "admin", "answer", "view", "start", "text", "config", "log");

    @ArchTest
    static final ArchRule replayKnowsTheVerbAndWhatARunOpens =
            only("replay", "verb", "start", "device", "config", "log");

    @ArchTest
    static final ArchRule nothingKnowsTheRoot = noClasses()
            .that()
            .resideOutsideOfPackage("org.portolan.control")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.portolan.control");

    @ArchTest
    static final ArchRule roomsFormNoCycle =
            slices().matching(ROOT + "(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule nothingKnowsTheBench =
            noClasses().should().dependOnClassesThat().resideInAPackage("org.portolan.bench..");

    @ArchTest
    static void rootHoldsThreeClasses(final JavaClasses all) {
        assertThat(all.stream()
                        .filter(each -> each.getPackageName().equals("org.portolan.control"))
                        .filter(each -> each.getEnclosingClass().isEmpty())
                        .filter(each -> !each.getModifiers().contains(JavaModifier.SYNTHETIC))
                        .map(JavaClass::getSimpleName))
                .containsExactlyInAnyOrder("Portolan", "Router", "Controller");
    }

    /** A room depends on no other of control's than those named. */
    private static ArchRule only(final String name, final String... known) {
        final String[] allowed = new String[known.length + 1];
        for (int i = 0; i < known.length; i++) {
            allowed[i] = ROOT + known[i] + "..";
        }
        allowed[known.length] = ROOT + name + "..";
        return noClasses()
                .that()
                .resideInAPackage(ROOT + name + "..")
                .should()
                .dependOnClassesThat(inControlOutside(allowed));
    }

    private static DescribedPredicate<JavaClass> inControlOutside(final String... rooms) {
        return JavaClass.Predicates.resideInAPackage("org.portolan.control..")
                .and(JavaClass.Predicates.resideOutsideOfPackages(rooms));
    }
}
