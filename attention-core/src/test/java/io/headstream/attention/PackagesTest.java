package io.headstream.attention;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
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

  @ArchTest
  static final ArchRule NO_TWO_PACKAGES_KNOW_EACH_OTHER =
      slices().matching("io.headstream.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule ONE_PACKAGE_KNOWS_THE_VECTOR_API =
      noClasses()
          .that()
          .resideOutsideOfPackage(INTERNAL + ".vector")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jdk.incubator.vector..");

  @ArchTest
  static final ArchRule MASKS_KNOW_NO_ARITHMETIC =
      noClasses()
          .that()
          .resideInAPackage(INTERNAL + ".mask")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(INTERNAL + ".kernel", INTERNAL + ".vector");

  @ArchTest
  static final ArchRule WHAT_IS_INTERNAL_KNOWS_NOTHING_PUBLIC =
      noClasses()
          .that()
          .resideInAPackage(INTERNAL + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(CORE, CORE + ".weights", "io.headstream.safetensors");

  @ArchTest
  static final ArchRule THE_FILE_FORMAT_KNOWS_NO_ATTENTION =
      noClasses()
          .that()
          .resideInAPackage("io.headstream.safetensors")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(CORE + "..");
}
