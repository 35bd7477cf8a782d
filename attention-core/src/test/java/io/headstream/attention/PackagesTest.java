package io.headstream.attention;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which package knows which. */
@AnalyzeClasses(packages = "io.headstream", importOptions = ImportOption.DoNotIncludeTests.class)
class PackagesTest {

  @ArchTest
  static final ArchRule NO_PACKAGE_KNOWS_WHO_KNOWS_IT =
      slices().matching("io.headstream.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule ONE_PACKAGE_TOUCHES_THE_VECTOR_API =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.headstream.attention.internal.vector")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jdk.incubator.vector..");

  @ArchTest
  static final ArchRule THE_VECTOR_KERNELS_KNOW_NO_LAYER =
      classes()
          .that()
          .resideInAPackage("io.headstream.attention.internal.vector")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.headstream.attention.internal..", "jdk.incubator.vector..", "java..");

  @ArchTest
  static final ArchRule THE_FILE_FORMAT_KNOWS_NO_ATTENTION =
      noClasses()
          .that()
          .resideInAPackage("io.headstream.safetensors..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.headstream.attention..");
}
