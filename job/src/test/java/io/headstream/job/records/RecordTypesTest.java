package io.headstream.job.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headstream.job.serialization.RecordTypeInfo;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class RecordTypesTest {

  @ParameterizedTest
  @FieldSource("io.headstream.job.records.RandomRecords#TYPES")
  void flinkFindsOurSerializer(Class<?> type) throws Exception {
    SerializerConfigImpl config = new SerializerConfigImpl();
    config.setGenericTypes(false);
    TypeInformation<?> found = TypeInformation.of(type);
    assertThat(found).isEqualTo(RecordTypeInfo.of(type)).hasSameHashCodeAs(RecordTypeInfo.of(type));
    assertThat(found.createSerializer(config).getClass().getSimpleName())
        .isEqualTo(type.getSimpleName() + "Serializer");
    assertThat(found.getTypeClass()).isEqualTo(type);
    assertThat(found.isKeyType()).isEqualTo(type == HeadKey.class);
    assertThat(InstantiationUtil.clone(found)).isEqualTo(found);
  }

  @Test
  void typesDiffer() {
    assertThat(RandomRecords.TYPES.stream().map(RecordTypeInfo::of))
        .doesNotHaveDuplicates()
        .hasSameSizeAs(RandomRecords.TYPES);
  }

  @Test
  void classWithoutSerializerIsNamed() {
    assertThatThrownBy(() -> RecordTypeInfo.of(String.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("java.lang.String has no @SerializedBy");
  }
}
