package io.headstream.attention;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;

/** Public methods and fields name types that callers can name too. */
final class NoInternalTypes extends ArchCondition<JavaClass> {
  private final String internal;

  NoInternalTypes(String internal) {
    super("show no type of " + internal);
    this.internal = internal;
  }

  ArchRule in(String... packages) {
    return classes().that().resideInAnyPackage(packages).and().arePublic().should(this);
  }

  @Override
  public void check(JavaClass of, ConditionEvents events) {
    for (JavaCodeUnit method : of.getCodeUnits()) {
      if (method.getModifiers().contains(JavaModifier.PUBLIC)) {
        report(method.getFullName(), method.getAllInvolvedRawTypes(), events);
      }
    }
    for (JavaField field : of.getFields()) {
      if (field.getModifiers().contains(JavaModifier.PUBLIC)) {
        report(field.getFullName(), field.getAllInvolvedRawTypes(), events);
      }
    }
  }

  private void report(String member, Set<JavaClass> types, ConditionEvents events) {
    for (JavaClass type : types) {
      if (type.getPackageName().startsWith(internal)) {
        events.add(SimpleConditionEvent.violated(member, member + " shows " + type.getName()));
      }
    }
  }
}
