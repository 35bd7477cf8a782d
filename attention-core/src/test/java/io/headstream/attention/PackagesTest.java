package io.headstream.attention;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What the module descriptor says, and what it cannot say, on the class path too. */
@AnalyzeClasses(
    packages = {"io.headstream.attention", "io.headstream.safetensors"},
    importOptions = ImportOption.DoNotIncludeTests.class)
class PackagesTest {
  private static final String CORE = "io.headstream.attention";
  private static final String INTERNAL = CORE + ".internal";

  /** From the bottom up: each package knows those that are named beside it. */
  @ArchTest
  static final ArchRule MAP =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("internal")
          .definedBy(INTERNAL)
          .layer("cache")
          .definedBy(CORE + ".cache")
          .layer("mask")
          .definedBy(INTERNAL + ".mask")
          .layer("kernel")
          .definedBy(INTERNAL + ".kernel")
          .layer("vector")
          .definedBy(INTERNAL + ".vector")
          .layer("drive")
          .definedBy(INTERNAL + ".drive")
          .layer("safetensors")
          .definedBy("io.headstream.safetensors")
          .layer("weights")
          .definedBy(CORE + ".weights")
          .layer("attention")
          .definedBy(CORE)
          .whereLayer("internal")
          .mayNotAccessAnyLayer()
          .whereLayer("cache")
          .mayOnlyAccessLayers("internal")
          .whereLayer("mask")
          .mayOnlyAccessLayers("internal")
          .whereLayer("kernel")
          .mayOnlyAccessLayers("internal", "cache", "mask")
          .whereLayer("vector")
          .mayOnlyAccessLayers("internal", "mask", "kernel")
          .whereLayer("drive")
          .mayOnlyAccessLayers("internal", "cache", "mask", "kernel", "vector")
          .whereLayer("safetensors")
          .mayNotAccessAnyLayer()
          .whereLayer("weights")
          .mayOnlyAccessLayers("internal", "safetensors")
          .whereLayer("attention")
          .mayNotBeAccessedByAnyLayer();

  /** A package that is not on the map shows here. */
  @ArchTest
  static final ArchRule NO_TWO_PACKAGES_KNOW_EACH_OTHER =
      slices().matching("io.headstream.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule THE_MAP_HAS_ALL_PACKAGES =
      classes()
          .should()
          .resideInAnyPackage(
              CORE,
              CORE + ".cache",
              CORE + ".weights",
              INTERNAL,
              INTERNAL + ".mask",
              INTERNAL + ".kernel",
              INTERNAL + ".vector",
              INTERNAL + ".drive",
              "io.headstream.safetensors");

  @ArchTest
  static final ArchRule ONE_PACKAGE_KNOWS_THE_VECTOR_API =
      noClasses()
          .that()
          .resideOutsideOfPackage(INTERNAL + ".vector")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jdk.incubator.vector..");

  /** All others are loaded where the module of the Vector API is missing. */
  @ArchTest
  static final ArchRule ONE_CLASS_LOADS_VECTORS =
      noClasses()
          .that()
          .resideOutsideOfPackage(INTERNAL + ".vector")
          .and()
          .doNotHaveFullyQualifiedName(INTERNAL + ".drive.Backends")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(INTERNAL + ".vector");

  @ArchTest
  static final ArchRule WHAT_IS_EXPORTED_SHOWS_NOTHING_INTERNAL =
      new NoInternalTypes(INTERNAL).in(CORE, CORE + ".cache", CORE + ".weights");
}
