package io.headstream.transformer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What the packages of this module may use. */
@AnalyzeClasses(packages = "io.headstream.transformer", importOptions = DoNotIncludeTests.class)
class PackagesTest {

  @ArchTest
  static final ArchRule knowsNoFlink =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.flink..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule onePackageKnowsTheVectorApi =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.headstream.transformer.rows.vector")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jdk.incubator.vector..");
}
