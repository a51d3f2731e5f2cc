package io.tharsis.replication;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.tharsis.logfiles.ArchitectureRules;

/** Holds this module to the arrows and bans of the architecture. */
@AnalyzeClasses(packages = ArchitectureTest.MODULE, importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

  static final String MODULE = "io.tharsis.replication";

  @ArchTest
  static final ArchRule ARROWS =
      ArchitectureRules.arrows(MODULE, "io.tharsis.logfiles..", "io.netty..");

  /** The rim: where a blocking call of an operator waits for an owner. */
  private static final String CONTROL = MODULE + ".control..";

  @ArchTest static final ArchRule SEAMS_ONLY = ArchitectureRules.seamsOnly(MODULE + "..", CONTROL);

  @ArchTest static final ArchRule REPEATABLE = ArchitectureRules.repeatable(MODULE + "..");

  @ArchTest static final ArchRule NO_DRAWERS = ArchitectureRules.noDrawers(MODULE);

  @ArchTest
  static final ArchRule PACKAGES_ARE_EXPLAINED = ArchitectureRules.packagesAreExplained(MODULE);
}
