package io.tharsis.replication;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.tharsis.logfiles.ArchitectureRules;
import io.tharsis.replication.wire.Compression;

/** Holds this module to the arrows and bans of the architecture. */
@AnalyzeClasses(packages = ArchitectureTest.MODULE, importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

  static final String MODULE = "io.tharsis.replication";

  @ArchTest
  static final ArchRule ARROWS =
      ArchitectureRules.arrows(
          MODULE,
          "io.tharsis.logfiles..",
          "io.netty..",
          "net.jpountz..",
          "com.github.luben..",
          "org.bouncycastle..",
          "com.fasterxml.jackson.core..");

  /** The rim: where a blocking call of an operator waits for an owner. */
  private static final String CONTROL = MODULE + ".control..";

  /** The rim: where links are sockets. */
  private static final String NETTY = MODULE + ".netty..";

  /** The rim: keys, certificates and tokens; small files and signatures, on no owner. */
  private static final String TRUST = MODULE + ".trust..";

  @ArchTest
  static final ArchRule SEAMS_ONLY =
      ArchitectureRules.seamsOnly(MODULE + "..", CONTROL, NETTY, TRUST);

  @ArchTest
  static final ArchRule REPEATABLE = ArchitectureRules.repeatable(MODULE + "..", NETTY, TRUST);

  @ArchTest
  static final ArchRule CERTIFICATES_ARE_MADE_IN_ONE_PACKAGE =
      noClasses()
          .that(resideInAPackage(MODULE + "..").and(not(resideInAPackage(TRUST))))
          .should()
          .dependOnClassesThat(resideInAnyPackage("org.bouncycastle.."))
          .because("whoever else needs trust asks for a verdict");

  @ArchTest
  static final ArchRule NETTY_IN_ITS_PACKAGE =
      noClasses()
          .that(resideInAPackage(MODULE + "..").and(not(resideInAPackage(NETTY))))
          .should()
          .dependOnClassesThat(resideInAnyPackage("io.netty..", NETTY))
          .because("what decides does not know what carries its bytes");

  @ArchTest
  static final ArchRule COMPRESSION_IN_ONE_CLASS =
      noClasses()
          .that(resideInAPackage(MODULE + "..").and(not(type(Compression.class))))
          .should()
          .dependOnClassesThat(resideInAnyPackage("net.jpountz..", "com.github.luben.."))
          .because("what is expanded is bounded, and that is seen to in one place");

  @ArchTest
  static final ArchRule WIRE_KNOWS_NO_LINKS =
      noClasses()
          .that()
          .resideInAPackage(MODULE + ".wire..")
          .should()
          .dependOnClassesThat(
              resideInAPackage(MODULE + "..").and(not(resideInAPackage(MODULE + ".wire.."))))
          .because("messages are values, whoever sends them");

  @ArchTest static final ArchRule NO_DRAWERS = ArchitectureRules.noDrawers(MODULE);

  @ArchTest
  static final ArchRule PACKAGES_ARE_EXPLAINED = ArchitectureRules.packagesAreExplained(MODULE);
}
