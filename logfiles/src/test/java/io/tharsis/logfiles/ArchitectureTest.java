package io.tharsis.logfiles;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Holds this module to the arrows and bans of the architecture. */
@AnalyzeClasses(packages = ArchitectureTest.MODULE, importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

  static final String MODULE = "io.tharsis.logfiles";

  /** The rim: the only package that touches the real host. */
  private static final String HOST = MODULE + ".host..";

  @ArchTest
  static final ArchRule ARROWS =
      ArchitectureRules.arrows(MODULE, "com.sun.nio.file..", "net.openhft..");

  @ArchTest static final ArchRule SEAMS_ONLY = ArchitectureRules.seamsOnly(MODULE + "..", HOST);

  @ArchTest static final ArchRule REPEATABLE = ArchitectureRules.repeatable(MODULE + "..", HOST);

  @ArchTest static final ArchRule NO_DRAWERS = ArchitectureRules.noDrawers(MODULE);

  @ArchTest
  static final ArchRule PACKAGES_ARE_EXPLAINED = ArchitectureRules.packagesAreExplained(MODULE);
}
