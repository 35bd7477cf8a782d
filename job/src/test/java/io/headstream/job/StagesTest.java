package io.headstream.job;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The map of the module: data flows one way, and no stage knows another. */
@AnalyzeClasses(packages = "io.headstream", importOptions = ImportOption.DoNotIncludeTests.class)
class StagesTest {

  /** The library. */
  @ArchTest
  static void theLayerAloneWiresTheStages(JavaClasses classes) {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("io.headstream.job..")
        .layer("app")
        .definedBy("io.headstream.job.app..")
        .layer("job")
        .definedBy("io.headstream.job")
        // The stages, in the order of the data.
        .layer("sequences")
        .definedBy("io.headstream.job.sequences")
        .layer("attend")
        .definedBy("io.headstream.job.attend")
        // What stages share.
        .layer("observe")
        .definedBy("io.headstream.job.observe")
        .layer("cache")
        .definedBy("io.headstream.job.cache")
        .layer("weights")
        .definedBy("io.headstream.job.weights")
        .layer("records")
        .definedBy("io.headstream.job.records")
        .layer("serialization")
        .definedBy("io.headstream.job.serialization")
        .whereLayer("app")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("job")
        .mayOnlyBeAccessedByLayers("app")
        .whereLayer("sequences")
        .mayOnlyBeAccessedByLayers("job")
        .whereLayer("attend")
        .mayOnlyBeAccessedByLayers("job")
        .whereLayer("observe")
        .mayOnlyAccessLayers("cache", "weights", "records", "serialization")
        .whereLayer("cache")
        .mayOnlyAccessLayers("records", "serialization")
        .whereLayer("weights")
        .mayNotAccessAnyLayer()
        .whereLayer("records")
        .mayOnlyAccessLayers("serialization")
        .whereLayer("serialization")
        .mayNotAccessAnyLayer()
        .check(classes);
  }

  /** The program. */
  @ArchTest
  static void theProgramIsMadeOfRooms(JavaClasses classes) {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("io.headstream.job.app..")
        // What a user starts.
        .layer("embedded")
        .definedBy("io.headstream.job.app.embedded")
        .layer("app")
        .definedBy("io.headstream.job.app")
        .layer("view")
        .definedBy("io.headstream.job.app.view")
        .layer("model")
        .definedBy("io.headstream.job.app.model")
        // What a user types.
        .layer("options")
        .definedBy("io.headstream.job.app.options")
        // Where records come from and go to.
        .layer("source")
        .definedBy("io.headstream.job.app.source")
        .layer("output")
        .definedBy("io.headstream.job.app.output")
        .layer("kafka")
        .definedBy("io.headstream.job.app.kafka")
        .layer("json")
        .definedBy("io.headstream.job.app.json")
        .whereLayer("embedded")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("app")
        .mayOnlyBeAccessedByLayers("embedded")
        .whereLayer("view")
        .mayOnlyBeAccessedByLayers("embedded")
        .whereLayer("model")
        .mayOnlyBeAccessedByLayers("embedded")
        .whereLayer("options")
        .mayOnlyBeAccessedByLayers("app", "embedded", "view", "model")
        .whereLayer("source")
        .mayOnlyAccessLayers("json")
        .whereLayer("output")
        .mayOnlyAccessLayers("json")
        .whereLayer("kafka")
        .mayOnlyAccessLayers("source", "json")
        .whereLayer("json")
        .mayNotAccessAnyLayer()
        .check(classes);
  }

  @ArchTest
  static final ArchRule NO_PACKAGE_KNOWS_WHO_KNOWS_IT =
      slices().matching("io.headstream.job.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule THE_CORE_KNOWS_NO_FLINK =
      noClasses()
          .that()
          .resideInAnyPackage("io.headstream.attention..", "io.headstream.safetensors..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.flink..", "io.headstream.job..");

  @ArchTest
  static final ArchRule THE_JOB_USES_WHAT_THE_CORE_OFFERS =
      noClasses()
          .that()
          .resideInAPackage("io.headstream.job..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.headstream.attention.internal..", "jdk.incubator.vector..");
}
