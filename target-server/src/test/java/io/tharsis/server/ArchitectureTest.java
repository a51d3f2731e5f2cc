package io.tharsis.server;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.tharsis.logfiles.ArchitectureRules;

/** Holds this module to the arrows and bans of the architecture. */
@AnalyzeClasses(packages = ArchitectureTest.MODULE, importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

  static final String MODULE = "io.tharsis.server";

  /** What decides about commands; the edge, the wiring and the admin side are the rim. */
  private static final String SCSI = MODULE + ".scsi..";

  @ArchTest
  static final ArchRule ARROWS =
      ArchitectureRules.arrows(
          MODULE,
          "io.tharsis.logfiles..",
          "io.tharsis.replication..",
          "io.tharsis.migration..",
          "io.netty..",
          "org.jscsi..",
          "com.sun.management..",
          "com.sun.net.httpserver..",
          "io.helidon..",
          "org.tomlj..",
          "io.micrometer..",
          "io.prometheus..",
          "picocli..");

  @ArchTest static final ArchRule SEAMS_ONLY = ArchitectureRules.seamsOnly(SCSI);

  @ArchTest static final ArchRule REPEATABLE = ArchitectureRules.repeatable(SCSI);

  @ArchTest static final ArchRule NO_DRAWERS = ArchitectureRules.noDrawers(MODULE);

  @ArchTest
  static final ArchRule PACKAGES_ARE_EXPLAINED = ArchitectureRules.packagesAreExplained(MODULE);
}
