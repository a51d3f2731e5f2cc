package io.tharsis.cli;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.tharsis.logfiles.ArchitectureRules;

/** Holds this module to the arrows and bans of the architecture. */
@AnalyzeClasses(packages = ArchitectureTest.MODULE, importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

  static final String MODULE = "io.tharsis.cli";

  @ArchTest
  static final ArchRule ARROWS =
      ArchitectureRules.arrows(
          MODULE, "io.tharsis.replication.control..", "picocli..", "com.fasterxml.jackson.core..");

  @ArchTest static final ArchRule NO_DRAWERS = ArchitectureRules.noDrawers(MODULE);

  @ArchTest
  static final ArchRule PACKAGES_ARE_EXPLAINED = ArchitectureRules.packagesAreExplained(MODULE);
}
