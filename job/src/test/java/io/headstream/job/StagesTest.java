package io.headstream.job;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The map of the module: data flows one way, and no stage knows another. */
@AnalyzeClasses(packages = "io.headstream", importOptions = ImportOption.DoNotIncludeTests.class)
class StagesTest {

  @ArchTest
  static void theJobAloneWiresTheStages(JavaClasses classes) {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("io.headstream.job..")
        // What a user types.
        .layer("options")
        .definedBy("io.headstream.job.app.options..")
        // The same on a Flink in this JVM.
        .layer("embedded")
        .definedBy("io.headstream.job.app.embedded..")
        .layer("app")
        .definedBy("io.headstream.job.app")
        .layer("job")
        .definedBy("io.headstream.job")
        // The stages, in the order of the data.
        .layer("source")
        .definedBy("io.headstream.job.app.source..")
        .layer("sequences")
        .definedBy("io.headstream.job.sequences..")
        .layer("heads")
        .definedBy("io.headstream.job.heads..")
        .layer("gather")
        .definedBy("io.headstream.job.gather..")
        .layer("output")
        .definedBy("io.headstream.job.app.output..")
        // Beside the stages: what they wrote, as pictures.
        .layer("view")
        .definedBy("io.headstream.job.app.view..")
        // What stages share.
        .layer("layer")
        .definedBy("io.headstream.job.layer..")
        .layer("shared")
        .definedBy("io.headstream.job.shared..")
        .layer("deadletters")
        .definedBy("io.headstream.job.deadletters..")
        .layer("json")
        .definedBy("io.headstream.job.app.json..")
        .layer("records")
        .definedBy("io.headstream.job.records..")
        .layer("serialization")
        .definedBy("io.headstream.job.serialization..")
        .whereLayer("source")
        .mayOnlyBeAccessedByLayers("app", "options")
        .whereLayer("sequences")
        .mayOnlyBeAccessedByLayers("job")
        .whereLayer("heads")
        .mayOnlyBeAccessedByLayers("job", "embedded")
        .whereLayer("gather")
        .mayOnlyBeAccessedByLayers("job")
        .whereLayer("output")
        .mayOnlyBeAccessedByLayers("app", "options")
        .whereLayer("view")
        .mayOnlyBeAccessedByLayers("embedded")
        .whereLayer("embedded")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("layer")
        .mayOnlyBeAccessedByLayers("app", "options", "job", "heads", "gather")
        .whereLayer("shared")
        .mayOnlyBeAccessedByLayers("source", "layer")
        .check(classes);
  }

  @ArchTest
  static final ArchRule THE_CORE_KNOWS_NO_FLINK =
      noClasses()
          .that()
          .resideInAPackage("io.headstream.attention..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.flink..", "io.headstream.job..");

  @ArchTest
  static final ArchRule NO_CODE_OF_THE_JOB_TOUCHES_THE_VECTOR_API =
      noClasses()
          .that()
          .resideInAPackage("io.headstream.job..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jdk.incubator.vector..");
}
